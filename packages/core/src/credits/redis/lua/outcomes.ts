/**
 * How long the outcome of a finished hold is kept at least, 36 hours: ids are refused after 24, and the clocks of
 * callers may be wrong by some. It is kept for at most twice as long.
 */
const periodMs = 36 * 3_600_000

/**
 * The same of holds that expired, 35 days. They are few, and their calls may yet be charged, by a process that finds
 * its way back to the store when others have long given the holds back.
 */
const expiredPeriodMs = 35 * 86_400_000

/**
 * Outcomes of finished holds are the numbers of their rows, in two hashes that take turns: when a period is over,
 * the present one becomes the one before, and the one before that goes. So nothing has to be looked for to be
 * forgotten, and all that a script may touch has a name that is known before it runs, as a cluster demands.
 *
 * Those of holds that expired are in two more, and there they say all that a charge needs, because their rows may be
 * gone by then. A late charge is written there too: what has been charged is not forgotten before what has expired.
 */
export const outcomesLua = `
-- By the store's clock even in tests: what a test's clock says must not decide what is forgotten.
local function period_of(length)
  return math.floor((ARGV[1] == '' and now or store_time()) / length)
end

local function plan_turn(present, before, has_present, is_next)
  plan('UNLINK', before)
  if not is_next then plan('UNLINK', present) elseif has_present then plan('RENAME', present, before) end
end

local function remember_finished(account, id)
  local period, has_present = period_of(${periodMs}), call('HLEN', FINISHED) > 0
  if period <= account.period then return plan('HSET', FINISHED, id, text(account.seq)) end
  plan_turn(FINISHED, FINISHED_BEFORE, has_present, period == account.period + 1)
  account.period = period
  plan('HSET', FINISHED, id, text(account.seq))
  -- Of an account that nobody uses any more, outcomes go by themselves.
  plan('PEXPIRE', FINISHED, ${2 * periodMs})
end

local function finished_row(id)
  local seq = call('HGET', FINISHED, id) or call('HGET', FINISHED_BEFORE, id)
  return seq and row_at(seq)
end

local expired_period

local function remember_expired(row)
  local period, has_present = period_of(${expiredPeriodMs}), call('HLEN', EXPIRED) > 0
  expired_period = expired_period or tonumber(call('HGET', ACCOUNT, 'expired_period')) or 0
  local is_new = period > expired_period
  if is_new then
    plan_turn(EXPIRED, EXPIRED_BEFORE, has_present, period == expired_period + 1)
    plan('HSET', ACCOUNT, 'expired_period', text(period))
    expired_period = period
  end
  plan('HSET', EXPIRED, row.ref, cjson.encode({ op = row.op, seq = row.seq, amount = row.amount,
    wanted = row.wanted or '', asked = row.asked, at = row.at, key = row.key or '', others = row.others }))
  if is_new then plan('PEXPIRE', EXPIRED, ${2 * expiredPeriodMs}) end
end

local function expired_row(id)
  local outcome = call('HGET', EXPIRED, id) or call('HGET', EXPIRED_BEFORE, id)
  return outcome and cjson.decode(outcome)
end
`
