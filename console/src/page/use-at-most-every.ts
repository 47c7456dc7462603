import { useEffect, useRef, useState } from 'preact/hooks'

/** A value that changes at most once in `ms`. The last change is always to the newest one. */
export const useAtMostEvery = <Value>(ms: number, newest: Value): Value => {
  const [value, setValue] = useState(newest)
  const changedAtMs = useRef(performance.now())
  useEffect(() => {
    const change = () => {
      changedAtMs.current = performance.now()
      setValue(newest)
    }
    const timer = setTimeout(change, changedAtMs.current + ms - performance.now())
    return () => clearTimeout(timer)
  }, [ms, newest])
  return value
}
