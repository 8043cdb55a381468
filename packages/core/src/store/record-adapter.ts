export interface RecordEntry {
  readonly key: string
  readonly value: string
}

/** A Keyv 5 storage adapter of ours; `Options` says what it is over. */
export interface RecordAdapter<Options> {
  readonly opts: Options
  /** A Keyv sets its own when it takes the adapter. */
  namespace: string | undefined
  get<Value>(key: string): Promise<Value | undefined>
  set(key: string, value: string): Promise<true>
  setMany(entries: readonly RecordEntry[]): Promise<void>
  delete(key: string): Promise<boolean>
  clear(): Promise<void>
  has(key: string): Promise<boolean>
  getMany<Value>(keys: string[]): Promise<(Value | undefined)[]>
  iterator<Value>(): AsyncGenerator<(string | Awaited<Value> | undefined)[], void>
  on(): RecordAdapter<Options>
}
