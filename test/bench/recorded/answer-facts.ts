/** A delta of the answer's text: providers send a few characters at a time. */
export const word = ' change'

/** Tokens of the answer, which every dialect reports in its own words. */
export const tokens = { input: 1117, cached: 1024, output: 46 }

/**
 * Nano-dollars of that usage by hand: gpt-4o-mini costs 150 a fresh input token, 75 a cached one and 600 an
 * output token; the default fee is 50 on each of the 1,163 tokens. (93·150 + 1024·75 + 46·600 + 1163·50)
 */
export const answerCost = 176_500n

/** That price for models that the catalogue does not know, in dollars a million tokens. */
export const answerPrice = { input: '0.15', cachedInput: '0.075', output: '0.6' }
