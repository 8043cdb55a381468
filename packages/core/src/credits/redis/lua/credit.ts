/** Adds to an account or takes from it, once for each reference, which is kept for ever. */
export const creditLua = `
local ref, op, wanted, is_debit, expires, meta = ARGV[2], ARGV[3], ARGV[4], ARGV[5] == 'debit', ARGV[6], ARGV[7]
local MAX = 9007199254740991

-- What a repeat is compared with and told, so that it needs no row.
local function outcome(row)
  return { row.seq, row.op, row.amount, row.wanted, row.expires, row.available }
end

local known = call('HGET', REFERENCES, ref)
if known then
  -- Of references from before, there is the number of the row alone.
  local seq = string.match(known, '^%d+$')
  return { 'replay', unpack(seq and outcome(row_at(seq)) or cjson.decode(known)) }
end

local account, amount = load_account(), tonumber(wanted)
if is_debit then
  -- At most what is available: credits that calls hold are theirs.
  amount = math.min(amount, account.available)
  account.available = account.available - amount
  account.topups = account.topups - amount
  consume_grants(account, amount)
else
  -- A sum above 2^53 may lose its last digit, which decides nothing here.
  if account.available + account.held + amount > MAX or account.topups + amount > MAX then return { 'overflow' } end
  account.available = account.available + amount
  account.topups = account.topups + amount
  if expires ~= '' then
    grants_of_account().add(account, { expires = expires, seq = account.seq + 1, remaining = amount }, ref)
  end
end
local row = append_row(account, {
  op = op, ref = ref, amount = text(amount), wanted = is_debit and wanted or '',
  expires = is_debit and '' or expires, meta = meta, available = text(account.available) })
plan('HSET', REFERENCES, ref, cjson.encode(outcome(row)))
save_account(account)
commit()
return { '', text(amount), text(account.available), text(account.seq) }
`
