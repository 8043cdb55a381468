export type Row = Readonly<Record<string, unknown>>

/** Rows as columns that line up; what is not there stays empty. */
export function renderTable(rows: readonly Row[], columns: readonly string[]): string {
  if (rows.length === 0) return 'Nothing.'
  const cells = [columns, ...rows.map((row) => columns.map((column) => renderCell(row[column])))]
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => line[index]?.length ?? 0)))
  return cells
    .map((line) =>
      line
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function renderCell(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** A moment as people read it. */
export function renderTime(at: number | undefined): string | undefined {
  return at === undefined ? undefined : new Date(at).toISOString().replace('T', ' ').slice(0, 19)
}
