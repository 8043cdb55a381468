/** Names no model, but the cheapest that can serve the call. */
export const autoName = 'tollgate/auto'
