/** What drivers hang on their errors to say what was sent: records, and so hashes and sealed secrets. */
const sent = ['sql', 'parameters', 'command']

/** The same error without the values that were sent, since errors are logged with their causes. */
export function withoutValues(error: unknown): unknown {
  if (typeof error === 'object' && error !== null) {
    for (const name of sent) Reflect.deleteProperty(error, name)
  }
  return error
}
