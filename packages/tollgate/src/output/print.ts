import { type Row, renderTable } from './table.ts'

export interface OutputFlags {
  readonly json?: boolean
}

/** One thing, member by member, or as JSON. */
export function printRecord(record: Row, { json }: OutputFlags): void {
  if (json) {
    printJson(record)
    return
  }
  const names = Object.keys(record).filter((name) => record[name] !== undefined)
  console.log(
    renderTable(
      names.map((name) => ({ name, value: record[name] })),
      ['name', 'value'],
    ).replace(/^.*\n/, ''),
  )
}

/** Many things as a table, or as JSON. */
export function printRows(rows: readonly Row[], columns: readonly string[], { json }: OutputFlags): void {
  if (json) printJson(rows)
  else console.log(renderTable(rows, columns))
}

function printJson(value: unknown): void {
  console.log(JSON.stringify(value, null, 2))
}
