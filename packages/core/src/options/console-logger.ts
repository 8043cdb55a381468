import type { Logger } from './options.ts'

/** What an operator must read goes to the console; the rest needs a logger of their own. */
export const consoleLogger: Logger = {
  info() {},
  warn: (fields, message) => console.warn(`[tollgate] ${message}`, describe(fields)),
  error: (fields, message) => console.error(`[tollgate] ${message}`, describe(fields)),
}

/** Errors in full, because their causes are what is looked for. */
function describe(fields: Readonly<Record<string, unknown>>): unknown {
  return 'error' in fields && fields.error instanceof Error
    ? { ...fields, cause: fields.error.cause }
    : fields
}
