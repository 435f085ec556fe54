import { Type } from 'typebox';

/** Needs an access token, entered by hand or fetched by the form that signs in. */
export const bearerSecurity = [{ bearer: [] }, { password: [] }];

export const noContent = Type.Null({ description: 'Done; there is nothing to say' });
