import type { Balance } from '../driver.ts'
import type { AccountState } from './account-state.ts'

/** The account's sums, as they are now. */
export function balanceOf({ available, held, spent, topups, seq }: AccountState): Balance {
  return { available, held, spent, topups, seq }
}
