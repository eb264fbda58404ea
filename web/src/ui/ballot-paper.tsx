// A ballot to be filled in, and read once more before it goes into the box.

import type { Vote } from '../api/types';
import { shapeOf } from '../state/secret';
import { nameOf } from '../state/store';
import { t, tr } from '../text/i18n';

/** The chosen options by place, for each subject. */
export type Marks = number[][];

export const noMarks = (vote: Vote): Marks => Array.from({ length: shapeOf(vote).subjects }, () => []);

const isDone = (vote: Vote, chosen: number[]): boolean => {
  const { min, max } = shapeOf(vote);
  return chosen.length >= min && chosen.length <= max;
};

/** How many subjects still need a choice. */
export const leftOf = (vote: Vote, marks: Marks): number => marks.filter((chosen) => !isDone(vote, chosen)).length;

const rule = (min: number, max: number): string | null => {
  if (min === 1 && max === 1) return null;
  if (min === max) return t('booth.pick', { n: min });
  return min === 0 ? t('booth.pick_up_to', { max }) : t('booth.pick_range', { min, max });
};

export const subjectName = (vote: Vote, at: number): string => {
  const subject = vote.ballot.subjects[at];
  return subject ? subject.name || nameOf(subject.id) : vote.question;
};

interface PaperProps {
  vote: Vote;
  /** Different for each ballot on the page */
  name: string;
  marks: Marks;
  onMark: (marks: Marks) => void;
}

export const BallotPaper = ({ vote, name, marks, onMark }: PaperProps) => {
  const { min, max } = shapeOf(vote);
  const single = min === 1 && max === 1;
  const plain = vote.ballot.subjects.length === 0;
  const hint = rule(min, max);
  const mark = (at: number, option: number): void => {
    const chosen = marks[at] ?? [];
    const next = single ? [option] : chosen.includes(option) ? chosen.filter((o) => o !== option) : [...chosen, option];
    onMark(marks.map((one, i) => (i === at ? next : one)));
  };
  return (
    <div class="paper">
      {hint && <p class="dim">{hint}</p>}
      {marks.map((chosen, at) => (
        <fieldset key={at} class="paper-subject">
          <legend class={plain ? 'visually-hidden' : undefined}>{subjectName(vote, at)}</legend>
          <div class={plain ? 'paper-options plain' : 'paper-options'}>
            {vote.ballot.options.map((option, o) => (
              <label key={option.id} class={`paper-option ${option.as}`}>
                <input type={single ? 'radio' : 'checkbox'} name={`${name}-${at}`} checked={chosen.includes(o)}
                  disabled={!single && !chosen.includes(o) && chosen.length >= max} onChange={() => mark(at, o)} />
                <span>{tr(option)}</span>
              </label>
            ))}
          </div>
        </fieldset>
      ))}
    </div>
  );
};

/** The marks as words, to be read before they are sealed. */
export const ReadMarks = ({ vote, marks }: { vote: Vote; marks: Marks }) => (
  <dl class="paper-read">
    {marks.map((chosen, at) => (
      <div key={at}>
        <dt>{subjectName(vote, at)}</dt>
        <dd>{chosen.length === 0 ? t('booth.nothing') : [...chosen].sort((a, b) => a - b).map((o) => tr(vote.ballot.options[o])).join(', ')}</dd>
      </div>
    ))}
  </dl>
);
