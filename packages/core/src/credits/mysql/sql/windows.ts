/** As in engine/spend-windows.ts: days, weeks and months in UTC, and the minutes of the rates. */
export const day = (moment: string) => `(${moment} DIV 86400000)`

/** The epoch began on a Thursday, three days after a Monday. */
export const week = (moment: string) => `((${moment} DIV 86400000 + 3) DIV 7)`

export const month = (moment: string) =>
  `(PERIOD_DIFF(DATE_FORMAT(DATE '1970-01-01' + INTERVAL (${moment} DIV 86400000) DAY, '%Y%m'), 197001) + 23640)`

export const dayEnd = (moment: string) => `((${moment} DIV 86400000 + 1) * 86400000)`

export const weekEnd = (moment: string) => `(((${week(moment)} + 1) * 7 - 3) * 86400000)`

export const monthEnd = (moment: string) =>
  `((DATEDIFF(LAST_DAY(DATE '1970-01-01' + INTERVAL (${moment} DIV 86400000) DAY), DATE '1970-01-01') + 1) * 86400000)`

export const minute = (moment: string) => `(${moment} DIV 60000)`

interface Window {
  readonly name: 'day' | 'week' | 'month'
  readonly at: (moment: string) => string
}

const windowAt = { day, week, month } as const

const windows: readonly Window[] = [
  { name: 'day', at: day },
  { name: 'week', at: week },
  { name: 'month', at: month },
]

export type WindowName = Window['name'] | 'lifetime'

export interface Movement {
  /** When the hold was taken. */
  readonly takenAt: string
  readonly held: string
  readonly spent: string
  readonly calls: string
}

/** Moves amounts in every window that is still the one they were counted in. */
export function moveInWindows({ takenAt, held, spent, calls }: Movement): string {
  const moved = windows.map(
    ({ name, at }) => `${name}_held = ${name}_held + IF(${name} = ${at(takenAt)}, ${held}, 0),
      ${name}_spent = ${name}_spent + IF(${name} = ${at(takenAt)}, ${spent}, 0)`,
  )
  return [
    ...moved,
    `held = held + ${held}, spent = spent + ${spent}, concurrency = concurrency + ${calls}`,
  ].join(', ')
}

/** Opens the windows of a moment and counts amounts in them; assignments take effect from left to right. */
export function countNow({ held, spent }: Pick<Movement, 'held' | 'spent'>, moment: string): string {
  const counted = windows.map(
    ({ name, at }) => `${name}_held = IF(${name} = ${at(moment)}, ${name}_held, 0) + ${held},
      ${name}_spent = IF(${name} = ${at(moment)}, ${name}_spent, 0) + ${spent},
      ${name} = ${at(moment)}`,
  )
  return [...counted, `held = held + ${held}, spent = spent + ${spent}`].join(', ')
}

/** A counter of a window, should that be the present one. */
export const inWindow = (name: Window['name'], counter: string) =>
  `IF(${name} = ${windowAt[name]('the_moment')}, ${counter}, 0)`
