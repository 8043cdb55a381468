import { identifier } from './types.ts'

/** Of a procedure that looks at sets of limits: which of them it is at. */
export const setVariables = `
  DECLARE set_id ${identifier};
  DECLARE set_place BIGINT;`

/** Variables that name the sets of a call: the first by itself, all others as a list in JSON. */
export interface SetNames {
  readonly key: string
  readonly others: string
}

/** Does something for each set of a call; there is one such loop in a block at most. */
export const forEachSet = ({ key, others }: SetNames, work: string) => `
    IF ${key} IS NOT NULL THEN
      SET set_id = ${key}, set_place = 0;
      sets: LOOP
        ${work};
        IF ${others} IS NULL OR set_place = JSON_LENGTH(${others}) THEN LEAVE sets; END IF;
        SET set_id = CAST(JSON_UNQUOTE(JSON_EXTRACT(${others}, CONCAT('$[', set_place, ']'))) AS BINARY);
        SET set_place = set_place + 1;
      END LOOP;
    END IF`
