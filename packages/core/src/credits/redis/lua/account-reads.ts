/** The account's sums, once credits that have ended are taken off. */
export const balanceLua = `
local account = load_account()
if end_grants(account) then
  save_account(account)
  commit_when_full()
end
return { text(account.available), text(account.held), text(account.spent), text(account.topups), text(account.seq) }
`

/** Everything that an audit compares with the ledger, of one moment. */
export const snapshotLua = `
local account = load_account()
local has_ended = end_grants(account)
local pending, usages, grants = {}, {}, {}
for _, id in ipairs(call('HKEYS', HOLDS)) do
  local hold = load_hold(id)
  pending[#pending + 1] = { text(hold.amount), hold.limits }
end
for _, id in ipairs(call('HKEYS', USED)) do
  local usage = load_usage(id)
  usages[#usages + 1] =
    { id, text(usage[WINDOWS.lifetime + 1]), text(usage[WINDOWS.lifetime + 2]), text(usage[CONCURRENCY]) }
end
local all_grants = grants_of_account()
for _, grant in ipairs(all_grants.read(account)) do
  grants[#grants + 1] = { all_grants.reference(grant), text(grant.remaining) }
end
if has_ended then
  save_account(account)
  commit_when_full()
end
return {
  { text(account.available), text(account.held), text(account.spent), text(account.topups), text(account.seq) },
  pending, usages, grants,
}
`

/**
 * Gives back expired holds of one account, ends its grants, and says when it must be looked at again: not at all,
 * or at a time that has come when there is more to do than was allowed.
 */
export const sweepLua = `
local account = load_account()
local before = account.seq
local given_back, looked_at = expire_holds(account, tonumber(ARGV[2]))
end_grants(account)

local again = tonumber(call('ZRANGE', EXPIRY, looked_at, looked_at, 'WITHSCORES')[2])
local grant = grants_of_account().read(account)[1]
-- What is left of a grant that has ended is held by a call, and due as soon as that is over.
if grant then again = math.min(again or math.huge, math.max(tonumber(grant.expires), now)) end

if #rows + #writes > 0 then
  save_account(account)
  commit_when_full()
end
return { text(given_back), again and text(again) or '', text(account.seq - before) }
`
