// Casting a vote, and the vote as the server holds it: what is shown is what it recorded.

import { useEffect, useId, useState } from 'preact/hooks';
import type { Choice, Person, Snapshot, Vote } from '../../api/types';
import { history, wantHistory } from '../../state/past';
import { ask, busy, lastVote, nameOf } from '../../state/store';
import { t, tr } from '../../text/i18n';
import { Button } from '../../ui/button';
import { Icon } from '../../ui/icon';
import { Until } from '../../ui/ring';
import { VoteResult } from '../../ui/vote';

export const mayVote = (vote: Vote, person: Person): boolean =>
  vote.ballot.form === 'electronic' && (vote.may_vote ?? (person.in_office && person.can_vote));

const optionName = (vote: Vote, id: string): string =>
  tr(vote.ballot.options.find((o) => o.id === id), id);

const choiceWords = (vote: Vote, choice: Choice): string => {
  if (typeof choice === 'string') return optionName(vote, choice);
  if (Array.isArray(choice)) return choice.map((c) => optionName(vote, c)).join(', ');
  return Object.entries(choice)
    .map(([id, one]) => `${vote.ballot.subjects.find((s) => s.id === id)?.name ?? nameOf(id)}: ${choiceWords(vote, one)}`)
    .join(' · ');
};

/** What the server recorded for somebody whose proxy this person holds. */
const castFor = (vote: Vote, giver: string): Choice | undefined => {
  let found: Choice | undefined;
  for (const event of history.value) {
    if (event.vote !== vote.vote) continue;
    if (event.type === 'vote.reopened') found = undefined;
    if (event.type === 'vote.cast' && event.person === giver) found = event.choice as Choice | undefined;
  }
  return found;
};

interface CastProps {
  vote: Vote;
  /** Where the question stands above already */
  bare?: boolean;
  /** Whose vote it is, when it is not the own one */
  giver?: Person;
}

export const CastVote = ({ vote, bare, giver }: CastProps) => {
  useEffect(() => {
    if (giver) wantHistory();
  }, []);
  const mine = giver ? castFor(vote, giver.id) : vote.mine;
  const cast = mine !== undefined;
  const title = useId();
  const ballot = { vote, ...(giver ? { giver: giver.id } : {}) };
  const locked = cast && vote.ballot.change === 'never';
  const [changing, setChanging] = useState(false);
  return (
    <section class={bare ? 'cast bare' : 'cast'} aria-labelledby={title}>
      <header>
        <p class="eyebrow" id={bare || giver ? title : undefined}>
          <Icon name="vote" /> {giver ? t('booth.giver', { name: giver.name }) : t(bare ? 'vote.own' : 'vote.now')} {!bare && <Until at={vote.ends_at} />}
        </p>
        {!bare && !giver && <h2 id={title}>{vote.question}</h2>}
      </header>
      {cast && (
        <p class="recorded" role="status">
          <Icon name="check" />
          <span>{t('vote.recorded')} <strong>{choiceWords(vote, mine as Choice)}</strong></span>
          {!locked && !changing && (
            <Button size="small" onClick={() => setChanging(true)}>{t('action.change')}</Button>
          )}
        </p>
      )}
      {(!cast || (changing && !locked)) && (
        <>
          {vote.ballot.change === 'never' && <p class="dim">{t('vote.final')}</p>}
          {vote.ballot.subjects.length > 0
            ? <SubjectBallot {...ballot} onDone={() => setChanging(false)} />
            : <SimpleBallot {...ballot} onDone={() => setChanging(false)} />}
        </>
      )}
    </section>
  );
};

interface BallotProps {
  vote: Vote;
  giver?: string;
  onDone: () => void;
}

const send = async ({ vote, giver, onDone }: BallotProps, choice: Choice) => {
  if (await ask('vote.cast', { vote: vote.vote, choice, ...(giver ? { person: giver } : {}) })) onDone();
};

const SimpleBallot = (props: BallotProps) => {
  const { vote, giver } = props;
  const several = (vote.ballot.select?.max ?? 1) > 1;
  const [picked, setPicked] = useState<string[]>([]);
  const working = busy.value.has(`vote.cast ${giver ?? vote.vote}`);
  const toggle = (id: string) =>
    setPicked(picked.includes(id) ? picked.filter((p) => p !== id) : [...picked, id]);
  return (
    <div class="ballot">
      {vote.ballot.options.map((option) => (
        <button key={option.id} type="button" class={`ballot-option ${option.as}`}
          aria-pressed={several ? (picked.includes(option.id) ? 'true' : 'false') : undefined}
          aria-disabled={working ? 'true' : undefined}
          onClick={() => (several ? toggle(option.id) : !working && void send(props, option.id))}>
          <Icon name={option.as === 'for' ? 'check' : option.as === 'against' ? 'cross' : 'pause'} />
          {tr(option)}
        </button>
      ))}
      {several && (
        <Button tone="primary" size="large" disabled={picked.length < (vote.ballot.select?.min ?? 1) || picked.length > (vote.ballot.select?.max ?? 1)}
          onClick={() => void send(props, picked)}>
          {t('action.send_vote')}
        </Button>
      )}
    </div>
  );
};

const SubjectBallot = (props: BallotProps) => {
  const { vote, giver = '' } = props;
  const [picked, setPicked] = useState<Record<string, string>>({});
  const left = vote.ballot.subjects.length - Object.keys(picked).length;
  return (
    <div class="ballot subjects">
      {vote.ballot.subjects.map((subject) => (
        <fieldset key={subject.id} class="subject">
          <legend>{subject.name || nameOf(subject.id)}</legend>
          {vote.ballot.options.map((option) => (
            <label key={option.id} class={picked[subject.id] === option.id ? 'kind chosen' : 'kind'}>
              <input type="radio" name={`s-${giver}-${subject.id}`} checked={picked[subject.id] === option.id}
                onChange={() => setPicked({ ...picked, [subject.id]: option.id })} />
              <span>{tr(option)}</span>
            </label>
          ))}
        </fieldset>
      ))}
      <Button tone="primary" size="large" disabled={left > 0} onClick={() => void send(props, picked)}>
        {left > 0 ? t('vote.left', { n: left }) : t('action.send_vote')}
      </Button>
    </div>
  );
};

/** The newest vote that is over, with the own recorded vote beside it. */
export const OwnVote = ({ state }: { state: Snapshot }) => {
  const vote = lastVote.value;
  if (!vote) return null;
  return (
    <details class="panel own-vote">
      <summary>
        <span class="panel-title">{t('vote.last')}</span>
        <span class="vote-question">{vote.question}</span>
        {vote.mine !== undefined && (
          <span class="tag"><Icon name="check" />{t('vote.yours', { choice: choiceWords(vote, vote.mine) })}</span>
        )}
      </summary>
      <VoteResult state={state} vote={vote} />
    </details>
  );
};

