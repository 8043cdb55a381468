/** An identifier: 256 characters of up to four bytes, compared by their bytes. */
export const identifier = 'VARBINARY(1024)'

/** A word of our own. */
export const word = 'VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin'

/** Kept as it was written and never looked into. */
export const json = 'LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin'

/**
 * A procedure that has no rights of its own: it may do what its caller may. Names of parameters and variables win
 * over those of columns, so none of them is named like a column.
 */
export const procedure = (name: string, parameters: readonly string[], body: string): readonly string[] => [
  `DROP PROCEDURE IF EXISTS tollgate_${name}`,
  `CREATE PROCEDURE tollgate_${name}(${parameters.join(', ')})
  SQL SECURITY INVOKER MODIFIES SQL DATA
  ${body}`,
]
