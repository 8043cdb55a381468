/** Calls that can be pasted into a shell in this folder. */
export interface DemoCall {
  readonly title: string
  readonly command: string
}

export interface DemoTarget {
  /** `http://localhost:3000` */
  readonly url: string
  readonly token: string
  readonly model: string
  /** The model answers Messages too. */
  readonly speaksMessages: boolean
}

export function demoCalls({ url, token, model, speaksMessages }: DemoTarget): DemoCall[] {
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello from Tollgate' }] })
  const calls = [
    {
      title: 'curl',
      command: `curl ${url}/v1/chat/completions -H "authorization: Bearer ${token}" -H "content-type: application/json" -d '${body}'`,
    },
    {
      title: 'curl, streaming',
      command: `curl -N ${url}/v1/chat/completions -H "authorization: Bearer ${token}" -H "content-type: application/json" -d '${body.replace('{', '{"stream":true,')}'`,
    },
    { title: 'OpenAI SDK', command: script(openaiScript(url, token, model)) },
  ]
  if (speaksMessages)
    calls.push({ title: 'Anthropic SDK', command: script(anthropicScript(url, token, model)) })
  return calls
}

function script(code: string): string {
  return `node --input-type=module -e '${code}'`
}

function openaiScript(url: string, token: string, model: string): string {
  return [
    'import OpenAI from "openai";',
    `const client = new OpenAI({ baseURL: "${url}/v1", apiKey: "${token}" });`,
    `const answer = await client.chat.completions.create({ model: "${model}", messages: [{ role: "user", content: "Hello from the OpenAI SDK" }] });`,
    'console.log(answer.choices[0].message.content)',
  ].join(' ')
}

function anthropicScript(url: string, token: string, model: string): string {
  return [
    'import Anthropic from "@anthropic-ai/sdk";',
    `const client = new Anthropic({ baseURL: "${url}", apiKey: "${token}" });`,
    `const answer = await client.messages.create({ model: "${model}", max_tokens: 256, messages: [{ role: "user", content: "Hello from the Anthropic SDK" }] });`,
    'console.log(answer.content[0].text)',
  ].join(' ')
}
