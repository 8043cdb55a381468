import { type HoldLimits, mostLimits } from '../driver.ts'
import { windowNames } from '../engine/spend-windows.ts'
import { checkName, checkObject, checkWhole, counts, refuseMember } from './check-member.ts'

/** What refusals call the members of each set: written once, since every call is checked. */
const members = Array.from({ length: mostLimits }, (_, index) => {
  const set = `limits.${index}`
  const named = (member: string) => `${set}.${member}`
  return {
    set,
    id: named('id'),
    spend: named('spend'),
    rpm: named('rpm'),
    tpm: named('tpm'),
    concurrency: named('concurrency'),
  }
})

type Members = (typeof members)[number]

/** @throws GatewayError `invalid_request` that names the member. */
export function checkLimits(limits: readonly HoldLimits[]): void {
  if (!Array.isArray(limits) || limits.length > mostLimits)
    refuseMember('limits', `must be a list of at most ${mostLimits} sets of limits`)
  for (let index = 0; index < limits.length; index += 1) {
    const [set, named] = [limits[index] as HoldLimits, members[index] as Members]
    checkSet(set, named)
    for (let earlier = 0; earlier < index; earlier += 1)
      if (limits[earlier]?.id === set.id) refuseMember(named.id, 'must not be that of another set')
  }
}

function checkSet(set: HoldLimits, named: Members): void {
  checkObject(set, named.set)
  const { id, spend, rpm, tpm, concurrency } = set
  checkName(id, named.id)
  if (spend !== undefined) checkSpend(spend, named.spend)
  if (rpm !== undefined) checkWhole(rpm, named.rpm, counts)
  if (tpm !== undefined) checkWhole(tpm, named.tpm, counts)
  if (concurrency !== undefined) checkWhole(concurrency, named.concurrency, counts)
}

/** An amount may be larger than any that there is, and limits nothing then. */
function checkSpend(spend: NonNullable<HoldLimits['spend']>, named: string): void {
  checkObject(spend, named)
  for (const window in spend) {
    if (!(windowNames as readonly string[]).includes(window))
      refuseMember(named, `must be by ${windowNames.join(', ')}`)
    const limit: unknown = spend[window as keyof typeof spend]
    if (limit === undefined || (typeof limit === 'bigint' && limit >= 0n)) continue
    refuseMember(`${named}.${window}`, 'must be nano-dollars as a bigint of at least 0')
  }
}
