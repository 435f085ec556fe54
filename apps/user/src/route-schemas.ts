import { Type } from 'typebox';

/** Needs an access token, entered by hand or fetched by the form that signs in. */
export const bearerSecurity = [{ bearer: [] }, { password: [] }];

export const noContent = Type.Null({ description: 'Done; there is nothing to say' });

/** What any operation may answer besides its own problems. */
export const alwaysPossible = ['SERVICE_UNAVAILABLE', 'VALIDATION_FAILED'] as const;
export const possibleWithBody = [...alwaysPossible, 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'] as const;
export const possibleWithBearer = ['NOT_AUTHENTICATED', 'INVALID_TOKEN'] as const;
