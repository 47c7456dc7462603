import { useRef } from 'preact/hooks'

/** The value, or while it is frozen, the last one before. So the subject of a dialog does not go while the dialog asks. */
export const useFrozen = <Value>(value: Value, isFrozen: boolean): Value => {
  const shown = useRef(value)
  if (!isFrozen) shown.current = value
  return shown.current
}
