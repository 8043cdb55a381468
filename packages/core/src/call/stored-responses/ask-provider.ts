import { fromWire } from '../../bytes/wire-text.ts'
import { isJsonObject, type JsonObject } from '../../dialects/json.ts'
import type { ResponseRecord } from '../../responses/response-record.ts'
import type { CallServices } from '../services.ts'
import { keeperOf, requestStored, type StoredAction } from './provider-request.ts'

/** What a provider said without a client who waits for it. */
export interface ProviderAnswer {
  readonly status: number
  /** Undefined where it is no JSON object. */
  readonly body: JsonObject | undefined
}

/** What is asked for is there already. */
const patienceMs = 30_000

/**
 * Asks the provider that keeps a response. Rejects when there is no answer, and with a GatewayError when it cannot be
 * asked at all.
 */
export async function askProvider(
  services: CallServices,
  record: ResponseRecord,
  action: StoredAction,
): Promise<ProviderAnswer> {
  const target = await keeperOf(services, record)
  const stored = requestStored(services, { record, target, action })
  const request = { ...stored, headersTimeout: patienceMs, bodyTimeout: patienceMs }
  return new Promise((resolve, reject) => {
    let status = 0
    let text = ''
    target.provider.transport.dispatch(request, {
      opened() {},
      responded(code) {
        status = code
      },
      data(chunk) {
        text += chunk
      },
      ended: () => resolve({ status, body: parse(text) }),
      failed: reject,
    })
  })
}

function parse(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(fromWire(text))
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
