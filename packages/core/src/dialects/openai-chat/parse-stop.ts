import { invalidMember, listMember, memberOf, type Place, pathOf } from '../members.ts'

/** `stop`, one text or a list of them. */
export function parseStop(place: Place): readonly string[] | undefined {
  const stop = memberOf(place, 'stop')
  if (typeof stop === 'string') return [stop]
  return listMember(place, 'stop')?.map((item, index) => {
    if (typeof item !== 'string') throw invalidMember(`${pathOf(place, 'stop')}.${index}`, 'a string')
    return item
  })
}
