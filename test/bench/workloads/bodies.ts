const model = 'gpt-4o-mini'
export const question =
  'Which three rules would you give a new colleague for reviewing a change, and why those?'
export const instruction = {
  role: 'system',
  content: 'You are a careful engineer who answers in two sentences.',
}

function body(content: object): Buffer {
  return Buffer.from(JSON.stringify({ model, ...content }))
}

/** About 300 bytes. */
export const smallBody = body({
  messages: [instruction, { role: 'user', content: question }],
  temperature: 0.7,
  user: 'user-8d1f',
})

/** The same as a stream; clients that bill ask for the usage, many others do not. */
export const streamBody = (withUsage: boolean): Buffer =>
  body({
    messages: [instruction, { role: 'user', content: question }],
    temperature: 0.7,
    stream: true,
    ...(withUsage && { stream_options: { include_usage: true } }),
  })

/** 256 KB of a long conversation: many short strings. */
export const conversationBody = body({ messages: conversation(262_144) })

/** Turns until they have so many bytes as JSON. */
function conversation(bytes: number): object[] {
  const turns: object[] = [instruction]
  for (let size = 0; size < bytes; ) {
    const asked = {
      role: 'user',
      content: `${turns.length}. ${question}\n${'It depends on size. '.repeat(5)}`,
    }
    const answered = { role: 'assistant', content: `“Read the tests first.” ${'Run them once. '.repeat(5)}` }
    turns.push(asked, answered)
    size += Buffer.byteLength(JSON.stringify([asked, answered]))
  }
  return turns
}

/** 256 KB of one picture: a single huge string. */
export const pictureBody = body({
  messages: [
    instruction,
    {
      role: 'user',
      content: [
        { type: 'text', text: 'What is in this picture?' },
        { type: 'image_url', image_url: { url: `data:image/png;base64,${pictureText(262_144)}` } },
      ],
    },
  ],
})

/** Bytes of no meaning, the same in every run. */
function pictureText(length: number): string {
  const bytes = Buffer.alloc((length * 3) / 4)
  let state = 1
  for (let at = 0; at < bytes.length; at++) {
    state = (state * 48_271) % 0x7fff_ffff
    bytes[at] = state
  }
  return bytes.toString('base64')
}
