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
  /**
   * Writes `value` where what is there is `expected`, to the letter, or where nothing is there and `expected` is
   * undefined. One atomic step among everybody who writes to the store. Resolves to whether it was written.
   */
  replace(key: string, expected: string | undefined, value: string): Promise<boolean>
  setMany(entries: readonly RecordEntry[]): Promise<void>
  delete(key: string): Promise<boolean>
  clear(): Promise<void>
  has(key: string): Promise<boolean>
  getMany<Value>(keys: string[]): Promise<(Value | undefined)[]>
  iterator<Value>(): AsyncGenerator<(string | Awaited<Value> | undefined)[], void>
  on(): RecordAdapter<Options>
}
