"""Copies are found in every script, exact and edited, and placed to the character."""

from __future__ import annotations

import random
import statistics
from pathlib import Path

import pytest

from corpora import Corpus, Document
from corpora.text.normalize import normalize

PASSAGES = {
    "Chinese": (
        "第三季度的盘点显示，北区仓库的备用零件比账面少了四十七箱，其中大部分是去年冬天从旧厂房搬来的阀门和密"
        "封圈。仓库主管解释说，搬迁当天下着大雪，卡车分三批到达，夜班工人没有逐箱核对编号就签了字。财务部决定"
        "暂时不追究个人责任，但要求从下个月起，每次入库都必须由两个人分别清点，并把照片存入共享目录，否则供应"
        "商的发票一律不予支付。与此同时，采购组正在联系原来的承运公司，希望找到丢失的货物。"
    ),
    "Japanese": (
        "先週の会議では、新しい給食センターの開設を半年遅らせることが決まった。建物の基礎から予想外の湧き水が"
        "見つかり、排水工事をやり直さなければならないからである。町役場の担当者によると、追加の費用はおよそ八"
        "千万円にのぼり、そのうち三割は県の補助金でまかなえる見込みだという。学校の先生たちは、それまでの間、"
        "隣町の調理場から弁当を運ぶ案を支持しているが、冬の峠道で車が遅れることを心配する保護者も少なくない。"
        "最終的な判断は来月の議会に任される。"
    ),
    "Thai": (
        "คณะกรรมการหมู่บ้านตกลงกันว่าจะซ่อมสะพานไม้ข้ามคลองก่อนฤดูฝนปีหน้า เพราะเสาสองต้นผุจนรถบรรทุกข้าวผ่านไม่ได้ ช่างจากอำเภ"
        "อประเมินว่าต้องใช้ไม้เนื้อแข็งยี่สิบสี่ท่อนและแรงงานประมาณเก้าวัน เงินส่วนหนึ่งมาจากกองทุนวัด อีกส่วนหนึ่งชาวบ้านจะ"
        "ช่วยกันขายขนมในงานบุญเดือนสิบสอง ผู้ใหญ่บ้านขอให้ทุกครัวเรือนส่งคนมาช่วยอย่างน้อยหนึ่งวัน และห้ามเด็กเล่นใต้สะพานจนก"
        "ว่างานจะเสร็จ"
    ),
    "Arabic": (
        "قررت إدارة المستشفى نقل قسم الأشعة إلى الطابق الأرضي بعد أن اشتكى المرضى من تعطل المصعد القديم ثلاث "
        "مرات في شهر واحد. يقول المهندس المسؤول إن الجدران الجديدة تحتاج إلى ألواح من الرصاص سمكها "
        "ميليمتران، وإن الشركة الموردة لن تسلمها قبل منتصف الخريف. في هذه الأثناء سيعمل الأطباء في غرفتين "
        "مؤقتتين قرب المدخل الشرقي، وستفتح العيادة المسائية ساعة إضافية حتى لا تتأخر مواعيد الأطفال وكبار "
        "السن، ويُرجى من الزوار استخدام السلم الخارجي."
    ),
    "German": (
        "Die Genossenschaft hat beschlossen, die Kelteranlage erst im übernächsten Jahr zu erneuern, weil "
        "die Lieferfristen für Edelstahltanks länger geworden sind als erwartet. Bis dahin größere Mengen "
        "Apfelsaft in der Nachbargemeinde pressen zu lassen, verursacht zwar höhere Transportkosten, schont "
        "aber die Rücklagen. Der Aufsichtsrat bittet alle Mitglieder, ihre Erntemengen spätestens Mitte "
        "August zu melden und faules Obst schon auf der Wiese auszusortieren, damit die Fässer nicht wie im "
        "vergangenen Herbst nachträglich geleert werden müssen."
    ),
    "French": (
        "Le conseil de la médiathèque a renoncé à prolonger les horaires du samedi, faute d'avoir trouvé "
        "deux bibliothécaires remplaçants avant l'été. En revanche, l'atelier de reliure reprendra dès la "
        "mi-septembre : une ancienne élève du lycée technique prêtera sa presse et montrera comment recoudre "
        "les cahiers sans abîmer les tranches dorées. Les inscriptions se font à l'accueil, où l'on paiera "
        "également les fournitures, c'est-à-dire le fil, la colle et le papier marbré, que l'association "
        "achète désormais à un fabricant de la vallée voisine."
    ),
    "Hindi": (
        "पंचायत ने तय किया है कि पुराने कुएँ की मरम्मत बरसात से पहले पूरी कर ली जाएगी, क्योंकि पिछले साल दीवार "
        "का एक हिस्सा भीतर गिर गया था और पानी मटमैला हो गया था। मिस्त्री ने बताया कि ईंटों के साथ चूने का गारा "
        "लगाना बेहतर रहेगा और काम में करीब ग्यारह दिन लगेंगे। खर्च का आधा भाग दुग्ध समिति देगी, बाकी घर घर से "
        "इकट्ठा होगा। महिलाओं के समूह ने माँग की है कि मेड़ पर ढक्कन और चरखी भी लगाई जाए ताकि बच्चे सुरक्षित रहें "
        "और रात को भी पानी भरा जा सके।"
    ),
    "Korean": (
        "항구 관리소는 지난달 폭풍으로 무너진 방파제 끝부분을 임시로 막고, 봄이 오기 전에 콘크리트 블록 예순 "
        "개를 새로 놓기로 했다. 어민들은 공사 기간에 작은 배가 드나들 길이 좁아질 것을 걱정하여 새벽 "
        "시간만이라도 통로를 열어 달라고 요청하였다. 담당 기사는 조류가 약한 날을 골라 작업하면 충분히 "
        "가능하다고 대답했지만, 보험 회사는 야간 조명을 더 설치해야 한다는 조건을 내걸었다. 결국 양쪽은 등대 "
        "옆에 등 여섯 개를 세우고 비용을 반씩 나누기로 합의했다."
    ),
    "Russian": (
        "Правление садового товарищества постановило заменить водонапорную башню до следующего сезона, "
        "поскольку ржавый бак протекает в двух местах, а насос ночью включается каждые двадцать минут. Смету "
        "составил слесарь с соседней улицы: новые трубы, бетонное основание и утеплитель обойдутся примерно "
        "в четыреста тысяч. Половину суммы соберут взносами, остальное покроет продажа старого трактора. "
        "Участников просят освободить проезд возле ворот и подписать согласие на временное отключение воды, "
        "которое продлится не более пяти суток."
    ),
    "Greek": (
        "Ο σύλλογος γονέων αποφάσισε να βάψει τις αίθουσες του δημοτικού σχολείου μέσα στον Ιούλιο, ώστε η "
        "μυρωδιά του χρώματος να έχει φύγει πριν από τα μαθήματα. Ο εργολάβος πρότεινε ανοιχτό πράσινο για "
        "τους διαδρόμους και λευκό για τα ταβάνια, όμως οι δάσκαλοι ζήτησαν να μείνει ένας τοίχος με "
        "μαυροπίνακα σε κάθε τάξη. Το κόστος φτάνει τα έξι χιλιάδες ευρώ, από τα οποία τα μισά προσφέρει ο "
        "δήμος και τα υπόλοιπα θα συγκεντρωθούν στο πανηγύρι του χωριού."
    ),
}
UNSPACED = {"Chinese", "Japanese", "Thai"}
AROUND = "The answer begins with a few words of its own, which say nothing of any document at all. "


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    documents = [Document(id=name, text=f"{name}.\n\n{text}") for name, text in PASSAGES.items()]
    return Corpus.build(tmp_path_factory.mktemp("scripts"), iter(documents), name="scripts")


def edited(name: str, rnd: random.Random, share: float) -> str:
    """Return the passage with a share of its words, or of its characters, replaced by others of the same text."""
    text = PASSAGES[name]
    parts = list(text) if name in UNSPACED else text.split()
    for at in rnd.sample(range(1, len(parts) - 1), round(share * len(parts))):
        parts[at] = rnd.choice(parts)
    return ("" if name in UNSPACED else " ").join(parts)


@pytest.mark.parametrize("name", PASSAGES)
def test_a_copy_is_placed_to_the_character(name: str, scripts: Corpus) -> None:
    text = PASSAGES[name]
    answer = f"{AROUND}{text}\n{AROUND}"

    (match,) = scripts.matches(answer)

    assert match.document_id == name
    assert match.span.start == len(AROUND)
    # Full stops and vowel signs at the end are no letters: folding drops them, and so marks heaped on letters too.
    assert not normalize(answer[match.span.end : len(AROUND) + len(text)]).text
    assert len(AROUND) + len(text) - 2 <= match.span.end <= len(AROUND) + len(text)
    assert match.similarity == 1.0
    for ours, theirs in match.pieces:
        if len(ours) == len(theirs):
            assert answer[ours.start : ours.end] == scripts.text(name)[theirs.start : theirs.end]


@pytest.mark.parametrize("name", PASSAGES)
@pytest.mark.parametrize("write", [str.upper, str.lower])
def test_case_does_not_matter_in_any_script(name: str, write, scripts: Corpus) -> None:
    (match,) = scripts.matches(f"{AROUND}{write(PASSAGES[name])}")
    assert match.document_id == name
    assert match.similarity > 0.97


@pytest.mark.parametrize("name", PASSAGES)
def test_an_edited_copy_is_found(name: str, scripts: Corpus) -> None:
    overlaps = []
    for seed in range(20):
        answer = AROUND + edited(name, random.Random(seed), 0.2)
        covered: set[int] = set()
        for match in scripts.matches(answer):
            assert match.document_id == name
            covered |= set(range(match.span.start, match.span.end))
        overlaps.append(len(covered - set(range(len(AROUND)))) / (len(answer) - len(AROUND)))
    assert min(overlaps) > 0.75
    assert statistics.median(overlaps) >= 0.95


@pytest.mark.parametrize("name", PASSAGES)
def test_half_a_passage_is_enough(name: str, scripts: Corpus) -> None:
    text = PASSAGES[name]
    (match,) = scripts.matches(AROUND + text[len(text) // 4 : len(text) * 3 // 4])
    assert match.document_id == name


def test_the_passages_are_told_apart(tmp_path: Path) -> None:
    """A text is no copy of another in the same script."""
    only = Corpus.build(tmp_path / "one", [Document(id="German", text=PASSAGES["German"])], name="one")
    for name, text in PASSAGES.items():
        assert bool(only.matches(text)) == (name == "German")
