// The voting booth: a paper is handed out, marked, sealed on this device and dropped in the box.
// What was marked is forgotten as soon as it is sealed.

import '../style/box.css';
import { useEffect, useState } from 'preact/hooks';
import type { Person, Snapshot, Vote } from '../api/types';
import { boothOf, cast, clearOld, enter, hasBallot, isSmallBox, look, type Booth as BoothState } from '../state/booth';
import { isMember } from '../state/member';
import { committee, isBoxVote, isReady, shapeOf } from '../state/secret';
import { lastVote, link, me, nameOf, you } from '../state/store';
import { t, type Key } from '../text/i18n';
import { BallotPaper, leftOf, noMarks, ReadMarks } from './ballot-paper';
import { Button } from './button';
import { Dialog } from './dialog';
import { Icon } from './icon';
import { Until } from './ring';
import { SealedBox } from './secret-vote';

/** Whose ballots this page casts: the own one, and those of who gave their proxy. */
const votersHere = (state: Snapshot, vote: Vote): string[] => {
  const mine = you.value?.id;
  const may = (p: Person): boolean => p.in_office && p.can_vote;
  const own = me.value && may(me.value) && !me.value.proxy ? [me.value.id] : [];
  const givers = vote.ballot.proxies ? state.persons.filter((p) => p.proxy === mine && may(p)).map((p) => p.id) : [];
  return [...own, ...givers];
};

/** Stands where other votes have their buttons. `bare`: the question stands above already. */
export const Booth = ({ state, vote, bare }: { state: Snapshot; vote: Vote; bare?: boolean }) => (
  <section class={bare ? 'cast bare booth' : 'cast booth'} aria-labelledby="cast-title">
    <header>
      <p class="eyebrow" id={bare ? 'cast-title' : undefined}>
        <Icon name="lock" /> <span class="sentence">{t('secrecy.secret')}</span> <Until at={vote.ends_at} />
      </p>
      {!bare && <h2 id="cast-title">{vote.question}</h2>}
    </header>
    {votersHere(state, vote).map((person) => <OneBallot key={person} vote={vote} person={person} />)}
  </section>
);

const OneBallot = ({ vote, person }: { vote: Vote; person: string }) => {
  const isOpen = link.status.value === 'open';
  const ready = isReady(committee.value);
  useEffect(clearOld, []);
  useEffect(() => {
    if (isOpen) void enter(vote, person);
  }, [isOpen, ready, vote.state, vote.paper_key, vote.your_paper, person]);
  const booth = boothOf(vote, person);
  return (
    <div class="booth-ballot">
      {person !== you.value?.id && <h3>{t('booth.giver', { name: nameOf(person) })}</h3>}
      {booth?.stage === 'ready'
        ? <MarkBallot key={person} vote={vote} person={person} />
        : <BoothStage vote={vote} person={person} booth={booth ?? { stage: 'claiming' }} />}
    </div>
  );
};

const MarkBallot = ({ vote, person }: { vote: Vote; person: string }) => {
  const [marks, setMarks] = useState(() => noMarks(vote));
  const [asking, setAsking] = useState(false);
  const left = leftOf(vote, marks);
  const drop = () => {
    setAsking(false);
    void cast(vote, person, marks);
    setMarks(noMarks(vote));
  };
  return (
    <>
      <p class="booth-note">{t('booth.secret')}</p>
      <BallotPaper vote={vote} name={`ballot-${person}`} marks={marks} onMark={setMarks} />
      <Button tone="primary" size="large" icon="vote" disabled={left > 0} onClick={() => setAsking(true)}>
        {left > 0 && marks.length > 1 ? t('vote.left', { n: left }) : t('booth.drop')}
      </Button>
      {asking && (
        <Dialog title={t('booth.confirm')} onClose={() => setAsking(false)} actions={
          <>
            <Button onClick={() => setAsking(false)}>{t('booth.edit')}</Button>
            <Button tone="primary" icon="vote" onClick={drop}>{t('booth.drop')}</Button>
          </>
        }>
          <ReadMarks vote={vote} marks={marks} />
          <p class="dim">{t('booth.confirm_words')}</p>
        </Dialog>
      )}
    </>
  );
};

const WAITING: Partial<Record<BoothState['stage'], Key>> = {
  claiming: 'booth.claiming', no_key: 'booth.no_key', over: 'booth.over',
};

const BoothStage = ({ vote, person, booth }: { vote: Vote; person: string; booth: BoothState }) => {
  const again = () => void enter(vote, person);
  switch (booth.stage) {
    case 'in_box':
      return <InBox vote={vote} person={person} booth={booth} />;
    case 'sealing':
      return (
        <div class="booth-working" role="status">
          <p>{t('booth.sealing')}</p>
          <progress class="progress" max={shapeOf(vote).subjects} value={booth.done ?? 0} aria-label={t('booth.sealing')} />
        </div>
      );
    case 'dropping':
      return <p class="booth-working" role="status">{booth.done ? t('booth.again', { n: booth.done + 1 }) : t('booth.dropping')}</p>;
    case 'elsewhere':
    case 'unsafe':
      return <Trouble words={t(booth.stage === 'unsafe' ? 'booth.unsafe' : 'booth.elsewhere')} />;
    case 'no_paper':
    case 'not_taken':
      return (
        <Trouble words={`${t(booth.stage === 'no_paper' ? 'booth.no_paper' : 'booth.not_taken')} ${booth.words ?? ''}`} rule={booth.rule}>
          {vote.state === 'open' && <Button size="small" onClick={again}>{t('action.try_again')}</Button>}
        </Trouble>
      );
    default:
      return <p class="booth-working" role="status">{t(WAITING[booth.stage] ?? 'booth.claiming')}</p>;
  }
};

const Trouble = ({ words, rule, children }: { words: string; rule?: string; children?: preact.ComponentChildren }) => (
  <div class="booth-trouble" role="alert">
    <Icon name="warn" />
    <div>
      <p>{words}</p>
      {rule && <p class="rule">{t('rule', { rule })}</p>}
    </div>
    {children}
  </div>
);

const InBox = ({ vote, person, booth }: { vote: Vote; person: string; booth: BoothState }) => (
  <div class="in-box">
    <p class="recorded" role="status">
      <Icon name="check" />
      <span>
        <strong>{t(booth.found === 'in_box' ? 'booth.found' : 'booth.in_box')}</strong>
        {!vote.hash && <small>{t('booth.in_box_words')}</small>}
      </span>
    </p>
    {vote.hash && booth.found !== 'in_box' && <Published vote={vote} person={person} booth={booth} />}
  </div>
);

/** Looks for the ballot in the published box: small boxes by itself, large ones when asked to. */
const Published = ({ vote, person, booth }: { vote: Vote; person: string; booth: BoothState }) => {
  const found = booth.found;
  useEffect(() => {
    if (found === undefined && isSmallBox(vote)) void look(vote, person);
  }, [vote.hash, found]);
  if (found === 'checking') return <p class="dim" role="status">{t('booth.checking')}</p>;
  const button = <Button size="small" icon="search" onClick={() => void look(vote, person)}>{t('booth.check')}</Button>;
  if (found === undefined) return button;
  return <Trouble words={found === 'in_box' ? '' : t(found === 'failed' ? 'booth.check_failed' : `booth.${found}`)}>{button}</Trouble>;
};

/** After the close: what became of the own ballot. Nothing for who never had one. */
export const OwnBallot = ({ vote }: { vote: Vote }) => {
  const person = you.value?.id ?? '';
  const here = isBoxVote(vote) && hasBallot(vote, person);
  useEffect(() => {
    if (here) void enter(vote, person);
  }, [here, vote.state, person]);
  const booth = boothOf(vote, person);
  return here && booth ? <BoothStage vote={vote} person={person} booth={booth} /> : null;
};

/** While the committee opens the box. */
export const SealedPanel = ({ vote }: { vote: Vote }) => (
  <section class="panel" aria-labelledby="sealed-title">
    <h2 class="vote-question" id="sealed-title">{vote.question}</h2>
    {!isMember.value && <SealedBox vote={vote} />}
    <OwnBallot key={vote.vote} vote={vote} />
  </section>
);

/** The own ballot in the newest vote that is over, if that was a secret one. */
export const LastBallot = () => (lastVote.value ? <OwnBallot key={lastVote.value.vote} vote={lastVote.value} /> : null);
