import type { UsageEvent } from '@tollgate/core'

/** One line for each charged call. */
export function reportUsage(event: UsageEvent): void {
  const { provider, model, usage, modelCost, fee, charged, status, durationMs } = event
  const buckets = Object.entries(usage).map(([bucket, count]) => `${count} ${bucket}`)
  console.log(
    `  ${status} ${provider}:${model} · ${buckets.join(', ')} · ${durationMs} ms · ` +
      `charged $${charged} (model $${modelCost} + fee $${fee})`,
  )
}
