/** The type with members that were undefined left out. */
type Present<Value> = { [Name in keyof Value]?: Exclude<Value[Name], undefined> }

/** A copy without the members that are undefined: absent and undefined are not the same on the wire. */
export function withoutAbsent<Value extends object>(value: Value): Present<Value> {
  const present = Object.entries(value).filter(([, member]) => member !== undefined)
  return Object.fromEntries(present) as Present<Value>
}
