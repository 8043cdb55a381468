/**
 * The ledger: a stream whose ids are the numbers of its rows, so that a row is found by its number and Redis
 * itself refuses a number that does not follow. `wanted` is what a charge or a debit asked for; what it could not
 * take is the difference, which may be more than a Lua number keeps and is left to the reader. `others` is there where
 * a call was counted in more sets of limits than one.
 */
export const rowsLua = `
local function append_row(account, row)
  account.seq = account.seq + 1
  row.seq, row.at = text(account.seq), text(now)
  local entry = { 'XADD', LEDGER, row.seq .. '-0',
    'op', row.op, 'ref', row.ref, 'amount', row.amount, 'wanted', row.wanted or '', 'model', row.model or '',
    'fee', row.fee or '', 'asked', row.asked or '', 'available', text(account.available), 'held', text(account.held),
    'at', row.at, 'expires', row.expires or '', 'key', row.key or '', 'meta', row.meta or '' }
  if row.others then
    entry[#entry + 1] = 'others'
    entry[#entry + 1] = row.others
  end
  rows[#rows + 1] = entry
  return row
end

local function row_at(seq)
  local entry = call('XRANGE', LEDGER, seq .. '-0', seq .. '-0')[1]
  if not entry then error('row ' .. seq .. ' of the ledger is missing') end
  local fields, row = entry[2], { seq = seq }
  for index = 1, #fields, 2 do row[fields[index]] = fields[index + 1] end
  return row
end
`
