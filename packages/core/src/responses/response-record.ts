/** The credential that a response was made with, and is kept under. */
export interface KeptUnder {
  readonly kind: 'managed' | 'own'
  /** Of an account's own provider key. */
  readonly keyId?: string
}

/** Whose a stored response is, and where its provider keeps it. What it says is not in here. */
export interface ResponseRecord {
  /** The provider's own. */
  readonly id: string
  readonly account: string
  readonly accessKeyId?: string
  readonly provider: string
  /** The provider's id of the model. */
  readonly model: string
  readonly credential: KeptUnder
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  /** The call that made it: the id of its hold and of its ledger row. */
  readonly call: string
  /** What a call begins with that goes on from it: tokens of its input and output, once they have been counted. */
  readonly tokens?: number
  /** It was left to its provider to finish. */
  readonly background?: true
  /** Ids of the items it consists of, where its provider's account is shared, once they are known. */
  readonly items?: readonly string[]
}

/** Whose an item is that its provider keeps under the operator's credential. */
export interface ItemRecord {
  readonly account: string
  readonly provider: string
  /** The response that it is part of. */
  readonly response: string
  /** Milliseconds since the epoch, of that response. */
  readonly createdAt: number
}

/** A response that is being made in the background, with all that its settlement will need. */
export interface RunRecord extends ResponseRecord {
  /** The model as the client named it. */
  readonly requested: string
  /** Its id in the catalogue, whose prices count. */
  readonly entry?: string
  readonly subject?: string
  readonly configuration?: string
  readonly tags?: readonly string[]
  readonly streaming: boolean
  /** Nano-dollars that were reserved for it, as digits. */
  readonly held: string
  /** Of the request, for an estimate where nothing is reported. */
  readonly inputBytes: number
  /** Tokens of what it went on from. */
  readonly history?: number
}

/** What every store can keep as a key, and more than any provider makes. */
const idShape = /^[\x21-\x7e]{1,256}$/

export function isResponseId(id: unknown): id is string {
  return typeof id === 'string' && idShape.test(id)
}

/** What stays of a run when it has been settled. */
export function ownershipOf(run: RunRecord): ResponseRecord {
  const {
    requested: _,
    entry: _e,
    subject: _s,
    configuration: _c,
    tags: _g,
    streaming: _t,
    held: _h,
    inputBytes: _i,
    history: _y,
    ...record
  } = run
  return record
}
