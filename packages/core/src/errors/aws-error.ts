/** What an error of AWS says. */
export interface AwsError {
  /** `ThrottlingException`, however it was written. */
  readonly type: string
  readonly message: string | undefined
}

/** What errors mean whose status does not say it, and those in streams, which have none. In lower case. */
const statuses: ReadonlyMap<string, number> = new Map([
  ['accessdeniedexception', 403],
  ['expiredtokenexception', 403],
  ['invalidsignatureexception', 403],
  ['incompletesignatureexception', 403],
  ['missingauthenticationtokenexception', 403],
  ['unrecognizedclientexception', 403],
  ['internalserverexception', 500],
  ['modelerrorexception', 502],
  ['modelnotreadyexception', 503],
  ['modelstreamerrorexception', 502],
  ['modeltimeoutexception', 504],
  ['resourcenotfoundexception', 404],
  ['servicequotaexceededexception', 402],
  ['serviceunavailableexception', 503],
  ['throttlingexception', 429],
  ['validationexception', 400],
])

/** Undefined for a type that nobody here knows. */
export function awsErrorStatus(type: string): number | undefined {
  return statuses.get(type.toLowerCase())
}

/**
 * The error in an answer of AWS; undefined where it is none.
 *
 * @param header `x-amzn-errortype`.
 * @example
 * readAwsError('ValidationException:http://…', '{"message":"Too long."}')
 * // { type: 'ValidationException', message: 'Too long.' }
 */
export function readAwsError(header: unknown, body: string): AwsError | undefined {
  const { __type, message, Message } = parse(body)
  const named = typeof header === 'string' ? header : __type
  if (typeof named !== 'string') return undefined
  // `com.amazon.coral.service#ThrottlingException:http://…`
  const type = named.replace(/^.*#/, '').replace(/:.*$/, '')
  const words = message ?? Message
  return { type, message: typeof words === 'string' ? words : undefined }
}

function parse(body: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(body))
  } catch {
    return {}
  }
}
