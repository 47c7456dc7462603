/** An SQL expression: the column `at` of a parcel as in its event. */
export const parcelTime = `to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
