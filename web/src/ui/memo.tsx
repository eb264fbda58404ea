// A part that is drawn again only when one of its values, or a signal that it reads, changed.

import { Component, type FunctionComponent, type VNode } from 'preact';

export const memo = <P extends object>(Part: (props: P) => VNode): FunctionComponent<P> => {
  class Memo extends Component<P> {
    override shouldComponentUpdate(next: P, state: unknown): boolean {
      if (state !== this.state) return true; // a signal that it read has changed
      const now = this.props as Record<string, unknown>;
      return Object.entries(next).some(([name, value]) => now[name] !== value);
    }

    override render(): VNode {
      return Part(this.props as P);
    }
  }
  return Memo as unknown as FunctionComponent<P>;
};
