"""Which screen: the states of the dialogs."""

from aiogram.fsm.state import State, StatesGroup


class MenuSG(StatesGroup):
    """Menu and the screens behind it."""

    main = State()
    help = State()
    privacy = State()
    consent = State()
    take_back = State()
    terms = State()
    terms_text = State()


class SettingsSG(StatesGroup):
    """Settings."""

    main = State()
    language = State()
    zone = State()
    quiet = State()
    region = State()
    name = State()
    code = State()


class EnrolSG(StatesGroup):
    """The rest of enrolment, after the first consent."""

    code = State()
    name = State()
    zone = State()
    quiet = State()


# screens that wait for words: there a text belongs to the form
FORMS = frozenset(
    state.state for state in (EnrolSG.code, EnrolSG.name, SettingsSG.name, SettingsSG.code)
)
# of these, the ones that wait for a campus code
CODE_FORMS = frozenset(state.state for state in (EnrolSG.code, SettingsSG.code))
