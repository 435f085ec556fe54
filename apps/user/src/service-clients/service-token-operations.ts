import { ref } from '@tasktracker/service-kit';
import { serviceClientErrors } from './service-client-errors.ts';
import { ServiceToken, ServiceTokenBody } from './service-token-schemas.ts';

export const issueServiceToken = {
  operationId: 'issueServiceToken',
  summary: 'An access token for one of our services itself (RFC 6749, client credentials)',
  consumes: ['application/x-www-form-urlencoded'],
  body: ServiceTokenBody,
  response: { 200: ref(ServiceToken) },
  problems: [serviceClientErrors.UNSUPPORTED_GRANT_TYPE, serviceClientErrors.INVALID_SCOPE],
};
