/**
 * How long the outcome of a finished hold is kept at least, 36 hours: ids are refused after 24, and the clocks of
 * callers may be wrong by some. It is kept for at most twice as long.
 */
const periodMs = 36 * 3_600_000

/**
 * The ledger: a stream whose ids are the numbers of its rows, so that a row is found by its number and Redis
 * itself refuses a number that does not follow. `wanted` is what a charge or a debit asked for; what it could not
 * take is the difference, which may be more than a Lua number keeps and is left to the reader.
 *
 * Outcomes of finished holds are the numbers of their rows, in two hashes that take turns: when a period is over,
 * the present one becomes the one before, and the one before that goes. So nothing has to be looked for to be
 * forgotten, and all that a script may touch has a name that is known before it runs, as a cluster demands.
 */
export const rowsLua = `
local function append_row(account, row)
  account.seq = account.seq + 1
  account.has_new_rows = true
  call('XADD', LEDGER, text(account.seq) .. '-0',
    'op', row.op, 'ref', row.ref, 'amount', row.amount, 'wanted', row.wanted or '', 'model', row.model or '',
    'fee', row.fee or '', 'asked', row.asked or '', 'available', text(account.available), 'held', text(account.held),
    'at', text(now), 'expires', row.expires or '', 'key', row.key or '', 'meta', row.meta or '')
end

local function row_at(seq)
  local entry = call('XRANGE', LEDGER, seq .. '-0', seq .. '-0')[1]
  if not entry then error('row ' .. seq .. ' of the ledger is missing') end
  local fields, row = entry[2], { seq = seq }
  for index = 1, #fields, 2 do row[fields[index]] = fields[index + 1] end
  return row
end

-- By the store's clock even in tests: what a test's clock says must not decide what is forgotten.
local function turn_period(account, period)
  call('UNLINK', FINISHED_BEFORE)
  if period > account.period + 1 then
    call('UNLINK', FINISHED)
  elseif call('EXISTS', FINISHED) == 1 then
    call('RENAME', FINISHED, FINISHED_BEFORE)
  end
  account.period = period
end

local function remember_finished(account, id)
  local period = math.floor((ARGV[1] == '' and now or store_time()) / ${periodMs})
  local is_new = period > account.period
  if is_new then turn_period(account, period) end
  call('HSET', FINISHED, id, text(account.seq))
  -- Of an account that nobody uses any more, outcomes go by themselves.
  if is_new then call('PEXPIRE', FINISHED, ${2 * periodMs}) end
end

local function finished_row(id)
  local seq = call('HGET', FINISHED, id) or call('HGET', FINISHED_BEFORE, id)
  return seq and row_at(seq)
end
`
