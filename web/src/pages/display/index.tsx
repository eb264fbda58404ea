// The hall's screen: one thing at a time, readable at fifteen metres, nothing to press.

import '../../style/display.css';
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Snapshot, Speech, Vote } from '../../api/types';
import {
  currentItem, inOffice, kindName, lastVote, link, minute, onEvent, openVote, personOf, presentCount, state,
} from '../../state/store';
import { isBoxVote, sealedVote } from '../../state/secret';
import { clockTime, longDate, percent } from '../../text/format';
import { t, tr } from '../../text/i18n';
import { Icon } from '../../ui/icon';
import { MicBadge, Photo } from '../../ui/person';
import { Ring, Until } from '../../ui/ring';
import { SeatMap } from '../../ui/seat-map';
import { LangSwitch, ThemeSwitch } from '../../ui/shell';
import { BoxNumbers, SealedBox } from '../../ui/secret-vote';
import { NeedLines, VoteResult } from '../../ui/vote';

/** A result stays until the sitting goes on with something else. */
const showResult = signal(false);

const GOES_ON = new Set(['floor.granted', 'agenda.started', 'vote.opened', 'sitting.suspended', 'sitting.closed']);

const DisplayPage = () => {
  useEffect(
    () =>
      onEvent((event) => {
        if (event.type === 'vote.closed') {
          showResult.value = true;
          void fetchNames(Number(event.vote));
        } else if (GOES_ON.has(event.type)) {
          showResult.value = false;
        }
      }),
    [],
  );
  useEffect(keepAwake, []);
  const current = state.value as Snapshot;
  return (
    <main id="main" class="page display" tabIndex={-1}>
      <Head state={current} />
      <Body state={current} />
      <Foot state={current} />
      <div class="display-tools"><LangSwitch /><ThemeSwitch /></div>
    </main>
  );
};

export default DisplayPage;

/** Names of a public vote come with the state after its close, not with the event. */
const fetchNames = async (id: number): Promise<void> => {
  const vote = state.value?.votes.find((v) => v.vote === id);
  if (vote?.ballot.secrecy !== 'named_after') return;
  try {
    const answer = await link.call<{ state?: Snapshot } & Partial<Snapshot>>('state.get');
    const names = (answer.state ?? answer).votes?.find((v) => v.vote === id)?.names;
    if (!names || !state.value) return;
    state.value = {
      ...state.value,
      votes: state.value.votes.map((v) => (v.vote === id ? { ...v, names } : v)),
    };
  } catch {
    // The numbers are shown all the same.
  }
};

/** A screen that nobody touches must not fall asleep. */
const keepAwake = (): (() => void) => {
  let lock: { release(): Promise<void> } | null = null;
  const take = (): void => {
    if (document.visibilityState !== 'visible') return;
    navigator.wakeLock?.request('screen').then(
      (taken) => (lock = taken),
      () => undefined,
    );
  };
  take();
  document.addEventListener('visibilitychange', take);
  return () => {
    document.removeEventListener('visibilitychange', take);
    void lock?.release();
  };
};

const sessionName = (current: Snapshot): string =>
  current.session ? current.session.name || t('session.number', { n: current.session.number }) : '';

const Head = ({ state: current }: { state: Snapshot }) => (
  <header class="display-head">
    <div>
      <h1 class="display-council">{tr(current.council.name)}</h1>
      <p class="display-session">
        {sessionName(current)}
        {current.sitting && ` · ${t('sitting.number', { n: current.sitting.number })}`}
        {current.sitting?.closed && ` · ${t('sitting.closed_door')}`}
      </p>
    </div>
    <p class="display-present">
      <span class="display-number">{presentCount.value}<small>/{inOffice.value}</small></span>
      <span>{t('display.present')}</span>
    </p>
    <p class="display-clock">{clockTime(minute.value)}</p>
  </header>
);

const Foot = ({ state: current }: { state: Snapshot }) => {
  const item = currentItem.value;
  if (!item || current.phase !== 'sitting') return null;
  const number = current.agenda.indexOf(item) + 1;
  const isShownAbove = current.floor.speeches.length === 0 && !openVote.value && !sealedVote.value && !showResult.value;
  if (isShownAbove) return null;
  return (
    <footer class="display-foot">
      <span class="display-item-number">{number}</span>
      <p>{tr(item.title)}</p>
    </footer>
  );
};

const Body = ({ state: current }: { state: Snapshot }) => {
  const open = openVote.value;
  const sealed = sealedVote.value;
  const last = lastVote.value;
  if (current.phase === 'suspended') return <Word words={t('phase.suspended')} />;
  if (current.phase !== 'sitting')
    return <Word words={sessionName(current) || tr(current.council.name)} note={longDate(minute.value)} />;
  if (open ?? sealed) return <VoteOpen state={current} vote={(open ?? sealed) as Vote} />;
  if (showResult.value && last) return <VoteClosed state={current} vote={last} />;
  if (current.floor.speeches.length > 0) return <Speakers state={current} />;
  return <Item state={current} />;
};

const Word = ({ words, note }: { words: string; note?: string }) => (
  <section class="display-body word">
    <p class="display-word">{words}</p>
    {note && <p class="display-note">{note}</p>}
  </section>
);

/** The largest letters in which a name stays on two lines; the smallest are still read at 15 m. */
const lengthClass = (name: string): string => (name.length > 36 ? ' longer' : name.length > 22 ? ' long' : '');

const questionClass = (words: string): string => `display-question${words.length > 70 ? ' long' : ''}`;

/** Whose words are heard: an interruption goes before the speech that waits for it. */
const speaksNow = (speeches: Speech[]): Speech | undefined =>
  speeches.find((s) => s.running && s.mic === 'live') ?? speeches.find((s) => s.running) ?? speeches[0];

const Speakers = ({ state: current }: { state: Snapshot }) => {
  const first = speaksNow(current.floor.speeches);
  if (!first) return null;
  const others = current.floor.speeches.filter((s) => s !== first);
  const person = personOf(first.person);
  const target = personOf(first.target);
  const next = current.floor.queue.filter((w) => w.state === 'accepted').slice(0, 3);
  return (
    <section class="display-body speakers">
      <div class="display-speaker">
        <Ring speech={first} phase={current.phase} size="large" />
        <div class="display-who">
          <p class="display-kind">{kindName(first.kind)}{target ? ` → ${target.name}` : ''}</p>
          <p class={`display-name${lengthClass(person?.name ?? '')}`}>{person?.name ?? first.person}</p>
          <div class="display-about">
            <Photo id={first.person} name={person?.name ?? ''} />
            <div>
              {person?.title && <p class="display-title">{person.title}</p>}
              {person?.group && <p class="display-group">{person.group}</p>}
            </div>
          </div>
          {first.mic === 'muted' && <p class="display-mic"><MicBadge mic={first.mic} byChair={first.muted_by_chair} /></p>}
        </div>
      </div>
      {others.length + next.length > 0 && (
        <div class="display-side">
          {others.length > 0 && <Others speeches={others} state={current} />}
          {next.length > 0 && (
            <div class="display-next">
              <h2>{t('display.next')}</h2>
              <ol>
                {next.slice(0, others.length > 0 ? 2 : 3).map((w, i) => (
                  <li key={w.request}>
                    <span class="display-next-place">{i + 1}</span>
                    <span class="display-next-name">{personOf(w.person)?.name ?? w.person}</span>
                    <small>{kindName(w.kind)}</small>
                  </li>
                ))}
              </ol>
            </div>
          )}
        </div>
      )}
    </section>
  );
};

const Others = ({ speeches, state: current }: { speeches: Speech[]; state: Snapshot }) => (
  <ul class="display-others">
    {speeches.map((s) => (
      <li key={s.request}>
        <Ring speech={s} phase={current.phase} />
        <div>
          <p class="display-other-name">{personOf(s.person)?.name ?? s.person}</p>
          <p class="display-other-kind">{kindName(s.kind)} <MicBadge mic={s.mic} byChair={s.muted_by_chair} /></p>
        </div>
      </li>
    ))}
  </ul>
);

const VoteOpen = ({ state: current, vote }: { state: Snapshot; vote: Vote }) => (
  <section class="display-body voting">
    <div class="display-vote">
      {vote.state === 'open' && <p class="display-kind"><Icon name="vote" /> {t('vote.now')} <Until at={vote.ends_at} /></p>}
      <p class={questionClass(vote.question)}>{vote.question}</p>
      {isBoxVote(vote) && (vote.state === 'open' ? <BoxNumbers vote={vote} large /> : <SealedBox vote={vote} large />)}
      {!isBoxVote(vote) && vote.turnout !== undefined && (
        <p class="display-turnout">
          <span class="display-number">{vote.turnout}<small>/{vote.eligible}</small></span> {t('vote.turnout')}
        </p>
      )}
      <NeedLines state={current} vote={vote} />
    </div>
    <SeatMap persons={current.persons} vote={vote} />
  </section>
);

const VoteClosed = ({ state: current, vote }: { state: Snapshot; vote: Vote }) => (
  <section class="display-body voting">
    <div class="display-vote">
      <p class={questionClass(vote.question)}>{vote.question}</p>
      <VoteResult state={current} vote={vote} large />
    </div>
    <SeatMap persons={current.persons} vote={vote} />
  </section>
);

const Item = ({ state: current }: { state: Snapshot }) => {
  const item = currentItem.value;
  return (
    <section class="display-body item">
      <div>
        <p class="display-kind">{item ? t('item.current') : t('phase.sitting')}</p>
        <p class={questionClass(item ? tr(item.title) : '')}>{item ? tr(item.title) : t('delegate.no_item')}</p>
        <p class="display-note">{t('quorum.present_of', { n: presentCount.value, total: inOffice.value, share: percent(presentCount.value, inOffice.value) })}</p>
      </div>
      <SeatMap persons={current.persons} />
    </section>
  );
};
