import type { Dialect } from '../dialects/dialect.ts'
import { dialects } from '../dialects/dialects.ts'
import type { JsonMembers } from './json-members.ts'

/**
 * Chat Completions asked for in the words of Responses, as Cursor does. Such a request is always translated, so that
 * its answer is in the dialect of its path.
 */
const chatAskedAsResponses: Dialect = {
  ...dialects['openai-chat'],
  requests: 'openai-responses',
  parseRequest: dialects['openai-responses'].parseRequest as NonNullable<Dialect['parseRequest']>,
}

/** The dialect of a request to a path of this dialect: what its body is written in decides. */
export function spokenDialect(ofPath: Dialect, { spans }: JsonMembers): Dialect {
  const isResponses = ofPath.id === 'openai-chat' && spans.has('input') && !spans.has('messages')
  return isResponses ? chatAskedAsResponses : ofPath
}
