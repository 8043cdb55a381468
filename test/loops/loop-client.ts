export interface LoopTarget {
  /** Without the version. */
  readonly url: string
  readonly token: string
  /** Of the loop, and of what comes behind it. */
  readonly models: readonly [string, string]
  readonly streaming: boolean
}

/** A program that lets a model use tools through an official client, and keeps history as that client's users do. */
export interface LoopClient {
  readonly name: string
  /** It has no place for thinking and signatures in its history. */
  readonly lossy?: true
  /** Asks the question, answers calls until there are none, and thanks; resolves to both final texts. */
  run(target: LoopTarget): Promise<readonly (string | undefined)[]>
}

/** Asks until the model calls no tool. */
export async function untilDone<Answer>(
  ask: () => Promise<Answer>,
  /** Runs the tools that were called; false where there were none. */
  answerCalls: (answer: Answer) => boolean,
): Promise<Answer> {
  for (let turns = 0; turns < 5; turns += 1) {
    const answer = await ask()
    if (!answerCalls(answer)) return answer
  }
  throw new Error('The model calls tools without end.')
}
