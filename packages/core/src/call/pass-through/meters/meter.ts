import type { RateRow } from '../../../billing/price.ts'
import type { Buckets } from '../../../billing/usage.ts'
import type { EndpointKind } from '../../../models/model.ts'

/** What a request says of itself, as JSON or as a form. */
export interface PassedRequest {
  /** A member of the body, or the text of a form's field. */
  field(name: string): unknown
  /** Pictures or recordings that come with it, as files or by reference. */
  readonly files: number
  /** Of the body, or of what was announced of it. */
  readonly bytes: number
  /** The provider's own id of the model. */
  readonly model: string
}

/** How the calls of an endpoint are paid with credits. */
export interface Meter {
  /** What the catalogue calls such models. */
  readonly kind: EndpointKind
  /** @throws GatewayError `unsupported_parameter` for what would be answered without any usage. */
  assertMetered?(request: PassedRequest): void
  /**
   * The most that an answer can consume.
   *
   * @param row What the model has prices for.
   */
  bound(request: PassedRequest, row: RateRow): Buckets
  /**
   * What to charge where nothing was reported.
   *
   * @param delivered Something of the answer has come.
   */
  estimate(request: PassedRequest, row: RateRow, delivered: boolean): Buckets
}
