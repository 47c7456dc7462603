import type { ComponentChildren } from 'preact'

/** A titled part beside the main content. */
export const Panel = ({ title, children }: { readonly title: string; readonly children: ComponentChildren }) => (
  <section class="panel">
    <h2>{title}</h2>
    {children}
  </section>
)
