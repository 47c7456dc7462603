import { useEffect } from 'preact/hooks'

/** Sets the title of the page while the component is shown. */
export const useTitle = (title: string): void => {
  useEffect(() => {
    document.title = `${title} · Quadrille`
  }, [title])
}
