import type { ComponentChildren } from 'preact'
import type { DemoAction } from '../../../demo.ts'

interface CardProps {
  readonly action: Pick<DemoAction, 'title' | 'effect'>
  readonly isBroken?: boolean
  readonly children: ComponentChildren
}

/** An action: its title, its effect, and what can be done. */
export const Card = ({ action: { title, effect }, isBroken = false, children }: CardProps) => (
  <li class={isBroken ? 'panel broken' : 'panel'}>
    <h3>{title}</h3>
    <p>{effect}</p>
    <div class="actions">{children}</div>
  </li>
)
