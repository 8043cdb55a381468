/** A call to make. */
export interface Ask {
  readonly token: string
  readonly body: object
  /** Again and again, until its budget is spent. */
  readonly untilSpent?: boolean
}

/** How a call ended. */
export interface Reply {
  readonly status: number
  readonly code: string | undefined
  readonly message: string
}

export async function readReply(response: Response): Promise<Reply> {
  const { error } = (await response.json()) as { error?: { code?: string; message?: string } }
  return { status: response.status, code: error?.code, message: error?.message ?? '' }
}
