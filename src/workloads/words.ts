/** Plain English words that most vocabularies have as one token each. */

const list = (text: string): readonly string[] => text.trim().split(/\s+/);

export const DETERMINERS: readonly string[] = list('the a this that every each some any one our their another');

export const ADJECTIVES: readonly string[] = list(`
  old new small large long short early late quiet loud warm cold dark light heavy soft hard deep high low wide open closed clean dry wet
  bright pale green blue red white black grey young strong weak fast slow simple plain rich poor full empty fresh sharp smooth rough
  busy calm local public private common rare round flat narrow broad main final first second third next last single double modern
  ancient daily annual narrow gentle careful useful`);

export const NOUNS: readonly string[] = list(`
  river road bridge house garden window door table chair letter book page story map city town village market school office station train
  ship boat harbor island mountain valley forest field farm tree leaf flower grass stone sand water rain snow wind storm cloud sky sun
  moon star night morning evening summer winter spring season year month week hour minute moment bread fruit apple coffee tea sugar salt
  oil fire smoke metal iron gold silver copper glass paper wood wool silk thread coat shirt shoe clock lamp engine wheel machine tool
  hammer knife rope box bag basket bottle cup plate kitchen room floor wall roof stair street corner square park wall path gate fence
  bird fish horse dog cat sheep cow wolf bear teacher student doctor driver writer painter farmer sailor soldier child friend neighbor
  stranger guest family group team crowd number question answer reason idea plan method result problem lesson report record list line
  point circle shape color sound voice song music game prize price trade money bank factory museum library theatre church tower castle`);

export const VERBS: readonly string[] = list(`
  sees finds keeps holds takes brings gives shows tells asks calls moves turns opens closes builds makes draws reads writes paints sells
  buys carries follows leads meets joins leaves passes crosses reaches covers fills cleans cuts breaks repairs changes starts ends
  watches hears remembers knows likes needs wants helps teaches serves visits enters protects supports measures counts marks tests
  compares explains describes`);

export const PREPOSITIONS: readonly string[] = list(
  'in on at by near under over behind before after with without from into through across along around between beyond',
);
