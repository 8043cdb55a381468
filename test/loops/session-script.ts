import type { ScriptedTurn } from './script.ts'

const seal = (at: number) => `EqQBCkgIBRABGAIiQL+/s${at}==`

/**
 * Six turns of two questions: four calls and an answer, and one answer more.
 *
 * @param tool What the model calls, and with what.
 */
export function sessionScript(tool: string, args: (at: number) => ScriptedTurn['calls'][number]['args']) {
  const turn = (at: number, isCall: boolean): ScriptedTurn => ({
    thinking: at === 1 ? '' : `Step "${at}"\nof it.`,
    seal: seal(at),
    ...(at % 2 === 0 && { text: `Now ${at}: ü \u{1F600}.` }),
    calls: isCall ? [{ id: `s${at}`, name: tool, args: args(at) }] : [],
    usage: { input: 0, output: 101 + 13 * at, reasoning: 17 },
  })
  return [turn(0, true), turn(1, true), turn(2, true), turn(3, true), turn(4, false), turn(6, false)]
}

/** Dollars of a sum in nano-dollars. */
export const dollars = (nano: number): string => (nano / 1e9).toFixed(9)

/** Nano-dollars of the gateway's own fee: $0.05 a million tokens, of any kind. */
export const feeOf = (tokens: number): number => tokens * 50
