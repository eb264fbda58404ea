// A long list of equal rows: only those in sight are in the page, so that 1,000 persons scroll smoothly.

import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

interface VirtualProps<T> {
  items: T[];
  rowHeight: number;
  label: string;
  row: (item: T, index: number) => ComponentChildren;
  keyOf: (item: T) => string;
}

const SPARE_ROWS = 6;

export const Virtual = <T,>({ items, rowHeight, label, row, keyOf }: VirtualProps<T>) => {
  const box = useRef<HTMLDivElement>(null);
  const space = useRef<HTMLDivElement>(null);
  const [range, setRange] = useState({ from: 0, to: 30 });

  const measure = () => {
    const element = box.current;
    if (!element) return;
    const from = Math.max(0, Math.floor(element.scrollTop / rowHeight) - SPARE_ROWS);
    const to = Math.ceil((element.scrollTop + element.clientHeight) / rowHeight) + SPARE_ROWS;
    setRange((old) => (old.from === from && old.to === to ? old : { from, to }));
  };

  useLayoutEffect(() => {
    if (space.current) space.current.style.height = `${items.length * rowHeight}px`;
    measure();
  }, [items.length, rowHeight]);

  useEffect(() => {
    const watch = new ResizeObserver(measure);
    if (box.current) watch.observe(box.current);
    return () => watch.disconnect();
  }, []);

  return (
    <div ref={box} class="virtual" tabIndex={0} role="group" aria-label={label} onScroll={measure}>
      <div ref={space} class="virtual-space" role="list">
        {items.slice(range.from, range.to).map((item, i) => (
          <Row key={keyOf(item)} top={(range.from + i) * rowHeight} height={rowHeight}
            at={range.from + i + 1} of={items.length}>
            {row(item, range.from + i)}
          </Row>
        ))}
      </div>
    </div>
  );
};

const Row = ({ top, height, at, of, children }: {
  top: number; height: number; at: number; of: number; children: ComponentChildren;
}) => {
  const ref = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (!ref.current) return;
    ref.current.style.transform = `translateY(${top}px)`;
    ref.current.style.height = `${height}px`;
  }, [top, height]);
  return (
    <div ref={ref} class="virtual-row" role="listitem" aria-posinset={at} aria-setsize={of}>
      {children}
    </div>
  );
};
