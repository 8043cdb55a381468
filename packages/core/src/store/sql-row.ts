/** Columns as the text that the server sends; whoever reads a row knows what they are. */
export type SqlRow = Readonly<Record<string, string | null>>
