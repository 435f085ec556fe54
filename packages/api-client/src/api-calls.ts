import type { Client, ClientPathsWithMethod, FetchResponse, MaybeOptionalInit } from 'openapi-fetch';
import type { paths } from './api.generated.ts';

type Method = 'get' | 'put' | 'post' | 'patch' | 'delete';
type MediaType = `${string}/${string}`;

type HeadersOf<Operation> = Operation extends { parameters: { header?: infer Headers } } ? NonNullable<Headers> : never;

interface Condition<Operation> {
  /** Only if the resource still has this version (`If-Match`); else 412. */
  version?: 'If-Match' extends keyof HeadersOf<Operation> ? number : never;
}

/** A call of openapi-fetch's, with options that only our operations have. */
type ApiCall<Name extends Method> = <
  Path extends ClientPathsWithMethod<Client<paths>, Name>,
  Init extends MaybeOptionalInit<paths[Path], Name>,
>(
  path: Path,
  ...init: undefined extends MaybeOptionalInit<paths[Path], Name>
    ? [init?: Init & Condition<paths[Path][Name]>]
    : [init: Init & Condition<paths[Path][Name]>]
) => Promise<FetchResponse<NonNullable<paths[Path][Name]>, Init, MediaType>>;

/** The API's operations by method and path, typed by its OpenAPI document. */
export interface ApiClient {
  GET: ApiCall<'get'>;
  PUT: ApiCall<'put'>;
  POST: ApiCall<'post'>;
  PATCH: ApiCall<'patch'>;
  DELETE: ApiCall<'delete'>;
}
