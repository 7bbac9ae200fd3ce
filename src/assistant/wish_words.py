"""The words by which a wish is told in the languages people talk to the assistant in. Pure tables of stems.

Alphabets that part words with spaces are matched at the beginning of a word, the others anywhere.
"""

# ruff: noqa: RUF001 - words of other alphabets are what these tables are for.

import re

_REMOVING = """
    delet remov eras cancel clear discard drop scrap trash wip empt destroy purg dump bin nuke kill
    undo revert
    forget scratch strik clean dispos eliminat rid dedup unneeded omit disregard blank reset rm_ retract
    lösch entfern streich verwerf wegwerf leer tilg storni absag wegmach rückgängig raus
    supprim effac enlev retir annul vid jet débarrass élimin
    borr elimin quit suprim cancel vaci anul deshac tir
    rimuov togli svuot cestin butta
    apag exclu remov limp desfaz delet
    verwijder wis schrap gooi haal annuleer
    usuń usun skasuj wyczyść wyrzuć
    smaž odstra zruš
    ta_bort radera slett fjern slet poista töröl șterg αφαίρ διάγρ σβήσ
    удал убер сотр вычеркн отмен очист видал прибер
    sil kaldır temizle iptal
    hata mita nikal hapus xóa
    हटा मिटा निकाल डिलीट ہٹا مٹا حذف نکال ختم احذف امسح أزل الغ מחק הסר
"""
_REMOVING_ANYWHERE = "删 移除 去掉 清空 清除 取消 消し 消す 消去 削除 取り消 삭제 지워 지우 없애 취소 ลบ"

_ORDERING = """
    add put creat new make set mark complet finish check tick cross mov chang updat renam edit
    postpon delay snooz
    reschedul remind schedul book not plan skip stop repeat tag label assign prioriti rais lower
    done close reopen
    resolv swap merg split push bring correct fix turn write save append
    hinzufüg füg erstell trag notier setz markier erledig abhak hak schließ verschieb änder ander
    benenn umbenenn
    überspring stopp beend erinner neu mach leg plane
    ajout cré not met mets termin coch fini déplac repouss chang modifi renomm saut arrêt rappel
    fais
    añad agreg cre pon marc complet termin mueve mover cambi pospon renombr salt deten recuérd
    recuerd hecho haz
    aggiung cre metti segn complet spost cambi rinomin salt ferm ricord fatto
    adicion cri coloc marc conclu mov mud renome pul par lembr feito
    toevoeg voeg maak zet markeer voltooi vink afvink verplaats wijzig hernoem sla herinner klaar
    dodaj stwórz ustaw oznacz ukończ przenieś zmień pomiń przypomnij zrobione
    přidej vytvoř nastav označ přesuň změň
    lägg skapa markera flytta ändra legg opprett marker flytt endre tilføj lisää
    добав созда постав отмет заверш выполн перенес перемест измен переимен пропуст напомн сделан
    додай
    ekle oluştur işaret tamamla taşı değiştir atla hatırlat bitir
    karo kardo kar_do laga lagao daal bana tambah thêm
    जोड़ बना कर लगा बदल पूरा ڈال بنا کر بدل مکمل شامل أضف أنشئ ضع غيّر غير أكمل انقل ذكر הוסף צור
    סמן
"""
_ORDERING_ANYWHERE = """
    添加 新建 创建 加 设 标记 完成 改 移动 推迟 跳过 提醒 追加 作成 入れ マーク 完了 終わ 変更
    移動 延期 スキップ リマインド して
    추가 만들 완료 표시 변경 옮겨 미뤄 건너 알려줘요 해줘 เพิ่ม
"""

_READING = """
    tell about what which when where who how why show list read find search look overview summar
    describ detail
    anything any display give view see
    was welch wann wie wo wer zeig liste lies such überblick übersicht steht hab gibt
    que qué cuál cual cuánt muestr muéstr list enseñ dime busc hay resum
    quel quoi qu'est montr affich list dis cherch combien résum
    che cosa quali mostr elenc dimmi cerc quant
    quais mostr list diga busc quant
    wat welke wanneer toon lijst zoek hoeveel laat
    co jakie pokaż lista ile
    vad vilka visa hvad hvilke vis hva mitä näytä
    что какие покажи список сколько найди расскажи що покажи
    ne hangi göster listele kaç
    kya dikha dikhao batao kaun apa tampil
    क्या दिखा बता कौन کیا دکھا بتا کون ما ماذا اعرض أظهر كم מה הצג
"""
_READING_ANYWHERE = "什么 哪些 显示 列出 查看 看看 何 見せ 表示 一覧 教えて 뭐 무엇 보여 목록"

_ALL = """
    all every everything both them those these ones rest each
    duplicates
    alle alles allen beide beiden sie diese
    tout toute tous toutes toda todos todas ambos
    tutto tutti tutte entrambi ambas allemaal
    wszystko wszystkie alla allt alt
    все всё их hepsi hepsini tümü tüm sab sabhi saare tamam
    सब सभी سب تمام كل الكل
"""
_ALL_ANYWHERE = "全部 所有 都 すべて 全て 全部 모두 전부 다"

_ONE = """
    it its that this one first second third fourth fifth sixth seventh eighth ninth tenth last
    latest next
    das den die dies ersten erste zweite zweiten dritte letzte letzten ihn
    ça cela le la celle celui première premier dernier dernière lo eso esto esta este primera
    primero última último
    questo quello prima primo ultimo isso ela ele dit dat deze eerste laatste
    tego pierwsze ostatnie это его её первую последнюю onu bunu ilk isko usko ye woh yeh
    इसे उसे یہ وہ اسے هذا هذه
"""
_ONE_ANYWHERE = "它 这个 那个 第一 最后 それ これ あれ 最後 최근 그거 이거"


def _stems(table: str, anywhere: str) -> re.Pattern[str]:
    stems = sorted({stem.replace("_", " ") for stem in table.split()}, key=len, reverse=True)
    within = "|".join(map(re.escape, anywhere.split()))
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, stems))})|{within}")


def _words(table: str, anywhere: str) -> re.Pattern[str]:
    within = "|".join(map(re.escape, anywhere.split()))
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(set(table.split()))))})\b|{within}")


REMOVING = _stems(_REMOVING, _REMOVING_ANYWHERE)
ORDERING = _stems(_ORDERING, _ORDERING_ANYWHERE)
STARTS_READING = re.compile(
    rf"^(?:(?:please|bitte|por favor|can you|could you)\W+)*(?:{_stems(_READING, _READING_ANYWHERE).pattern})"
    r"|^(?:is|are|was|were|am|did|does|has|do i|have i|i need to know)\b"
    rf"|{'|'.join(_READING_ANYWHERE.split())}"
)
STARTS_ORDERING = re.compile(
    r"^(?:if (?:not|so|yes|no)|otherwise|else)\b|^(?:i|we) (?:need|want|must|have to|should|gotta|got to)\b"
    r"(?! (?:to )?(?:know|see|hear|read|check)\b| (?:for )?you to (?:tell|read|show)\b)"
)
_PLACE = r"\b(?:first|second|third|fourth|fifth|sixth|seventh|last)\b"
_NUMBER = r"(?<![\d:/.-])\d+(?![\d:/.-])"
_WHOLE = (
    r"\b(?:delet|remov|eras|clear|clean|empty|wip|purg|scrap|trash|drop)\w*(?: up| out)?"
    r" (?:(?!from|off|on|in|of)\w+ ){0,4}(?:lists?|tasks|todos|to-dos|items|reminders|events)\b"
    r"|\b(?:borr|elimin|quit|suprim|cancell|apag)\w* tod[oa]s?\b"
)
POINTS_AT_MANY = re.compile(
    rf"{_WHOLE}|{_words(_ALL, _ALL_ANYWHERE).pattern}|{_PLACE}.{{1,30}}{_PLACE}|{_NUMBER}.{{1,30}}{_NUMBER}"
)
POINTS_AT_ONE = re.compile(rf"{_words(_ONE, _ONE_ANYWHERE).pattern}|{_NUMBER}")
REMOVING_IN_WORDS = re.compile(
    r"\b(?:throw|taken?|get|toss|chuck)\b.{1,60}\b(?:away|out|off|rid)\b|\bget rid\b|\boff (?:my|the) list\b"
    r"|\bno longer\b|\b(?:do not|don't|not) (?:need|want)\b|\bany ?more\b|\bnever ?mind\b|\bis off\b"
    r"|\bn[ie]h?mm?\w* .{1,60}\b(?:weg|raus|runter)\b|\bbrauch\w* .{0,60}\bnicht\b|\bvergiss\b"
)

COMMON = """
    the and for with from that this task tasks list delete remove please can you all every everything my
    der die das und les des una los las
"""
"""Words that say nothing about which task is meant."""
