/**
 * Asks once what is needed has been made, which begins with the first question. Should that fail, the next question
 * tries again.
 */
export function madeFirst<Question, Answer>(
  make: () => Promise<void>,
  ask: (question: Question) => Promise<Answer>,
): (question: Question) => Promise<Answer> {
  let making: Promise<void> | undefined
  return async (question) => {
    making ??= make().catch((error: unknown) => {
      making = undefined
      throw error
    })
    await making
    return await ask(question)
  }
}
