/** While a dialog asks, its button and its subject stay, even if they are obsolete by now: it may have to show an error. */
import { signal } from '@preact/signals'
import { useRef } from 'preact/hooks'

/** The dialog that asks. At most one does, because it is modal. */
export const asking = signal<HTMLDialogElement | null>(null)

/** The value, or while a dialog asks, the last one before. */
export const useFrozen = <Value>(value: Value): Value => {
  const shown = useRef(value)
  if (asking.value === null) shown.current = value
  return shown.current
}
