import type { LedgerRow } from './credits.ts'

/** `csv` begins with a line of column names; `jsonl` has one JSON object a line, with everything a row has. */
export type ExportFormat = 'csv' | 'jsonl'

const rowColumns = [
  'account',
  'seq',
  'at',
  'op',
  'ref',
  'key',
  'amount',
  'modelCost',
  'fee',
  'shortfall',
  'availableAfter',
  'heldAfter',
] as const

/** Of what a settlement records beside its amounts. */
const metaColumns = [
  'provider',
  'model',
  'requested',
  'credential',
  'tier',
  'status',
  'usageSource',
  'usage',
  'rates',
  'feeRates',
] as const

/**
 * Ledger rows as text, a line each, without line ends. Amounts stay the decimal text they are, times are ISO 8601.
 *
 * @example
 * for await (const line of exportRows(credits.ledger('acme'), 'csv')) file.write(`${line}\n`)
 */
export async function* exportRows(
  rows: AsyncIterable<LedgerRow>,
  format: ExportFormat,
): AsyncGenerator<string, void> {
  if (format === 'csv') yield [...rowColumns, ...metaColumns].join(',')
  for await (const row of rows) yield format === 'csv' ? toCsv(row) : JSON.stringify(row)
}

function toCsv(row: LedgerRow): string {
  const shown = { ...row, at: new Date(row.at).toISOString() }
  const cells = [
    ...rowColumns.map((column) => shown[column]),
    ...metaColumns.map((column) => row.meta?.[column]),
  ]
  return cells.map(toCell).join(',')
}

/** RFC 4180: what has a comma, a quote or a line end stands in quotes, and quotes are doubled. */
function toCell(value: unknown): string {
  if (value === undefined || value === null) return ''
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
