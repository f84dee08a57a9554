"""Given names and family names that are common in the languages answers are written in; all lower case."""
# ruff: noqa: E501 - words

from __future__ import annotations

from typing import Final

_GIVEN_TEXT: Final = (
    "james john robert michael william david richard joseph thomas charles christopher daniel matthew anthony donald "
    "steven paul andrew joshua kenneth kevin brian george edward ronald timothy jason jeffrey ryan jacob gary nicholas "
    "eric jonathan stephen larry justin scott brandon benjamin samuel gregory alexander frank patrick raymond dennis "
    "jerry tyler aaron jose adam nathan henry douglas zachary peter kyle ethan walter noah jeremy christian keith roger "
    "terry gerald harold sean austin carl arthur lawrence dylan jesse jordan bryan billy bruce gabriel joe logan alan "
    "juan albert willie elijah wayne randy vincent mason roy ralph bobby russell bradley philip eugene liam oliver lucas "
    "harry oscar leo alfie archie freddie theo isaac hugo felix finn ewan callum hamish rory declan conor cormac darren "
    "gareth rhys owen ian neil graham colin trevor nigel simon stuart martin malcolm duncan angus craig derek clive "
    "mary patricia jennifer linda elizabeth barbara susan jessica sarah karen lisa nancy betty margaret sandra ashley "
    "kimberly emily donna michelle carol amanda dorothy melissa deborah stephanie rebecca sharon laura cynthia kathleen "
    "amy angela shirley anna brenda pamela emma nicole helen samantha katherine catherine christine debra rachel carolyn "
    "janet maria heather diane ruth julie olivia joyce virginia victoria kelly lauren christina joan evelyn judith megan "
    "andrea cheryl hannah jacqueline martha gloria teresa ann anne sara madison frances kathryn janice jean alice abigail "
    "julia judy sophia grace denise amber doris marilyn danielle beverly isabella theresa diana natalie brittany "
    "charlotte marie kayla alexis lori fiona bridget siobhan niamh eileen maureen heidi holly molly chloe lucy zoe ella "
    "mia ava amelia isla freya poppy daisy phoebe imogen harriet eleanor gemma tracy joanne lynn wendy gillian carly "
    "hans karl heinz klaus jürgen wolfgang dieter manfred uwe günter günther helmut gerhard rainer bernd stefan matthias "
    "sebastian tobias florian jan lukas jonas moritz maximilian niklas fabian kai torsten thorsten jens sven ralf "
    "holger ingo olaf heiko volker detlef horst ernst otto fritz franz josef johann johannes friedrich heinrich ludwig "
    "ursula renate monika helga sabine petra gisela brigitte karin ingrid erika claudia gudrun silke anja katrin katja "
    "birgit heike antje ute ulrike marion kerstin nadine jana lena leonie greta johanna klara sophie marlene mathilde "
    "jean-pierre pierre michel alain philippe jacques bernard andré rené gérard louis claude françois laurent "
    "thierry éric olivier frédéric stéphane pascal guillaume antoine étienne nicolas julien mathieu benoît théo rémi "
    "sylvie nathalie isabelle françoise monique catherine valérie brigitte chantal véronique céline aurélie "
    "camille manon léa chloé élodie margaux amélie delphine hélène émilie josé antonio manuel francisco javier carlos "
    "alejandro miguel rafael pedro pablo sergio fernando jorge alberto álvaro diego adrián raúl iván rubén enrique ramón "
    "andrés joaquín ignacio emilio salvador ricardo eduardo roberto mario víctor gonzalo jesús santiago "
    "carmen ana isabel dolores pilar rosa cristina lucía elena mercedes raquel "
    "beatriz nuria silvia rocío inmaculada montserrat consuelo esperanza amparo yolanda marta paula alba irene "
    "giuseppe giovanni luigi mario francesco angelo vincenzo pietro salvatore franco domenico bruno paolo "
    "giorgio luciano marco stefano andrea luca alessandro matteo lorenzo davide simone riccardo fabio massimo "
    "giulia francesca chiara alessia martina federica giorgia elisa valentina silvia serena ilaria paola "
    "lucia antonella daniela simona barbara giovanna fausto jan pieter willem hendrik cornelis johannes gerrit dirk "
    "bram daan sem jeroen maarten joost ruben sander thijs wouter johanna margriet anneke saskia marieke sanne femke "
    "lotte fleur lieke lars erik anders nils björn gunnar magnus henrik mikael karin kristina birgitta "
    "astrid sigrid ingeborg solveig åsa maja linnea piotr krzysztof andrzej tomasz paweł marcin katarzyna małgorzata "
    "agnieszka joanna ivan dmitri sergei vladimir alexei nikolai mikhail boris olga natalia tatiana svetlana irina "
    "mohammed muhammad ahmed ali omar hassan ibrahim yusuf mustafa fatima aisha zainab khadija layla amina wei li ming "
    "hiroshi takashi kenji yuki akira haruto sakura yoko keiko raj rahul amit anil sunil vijay arjun priya anita sunita "
    "neha pooja ravi sanjay deepak rohan aarav ananya joão luís tiago gonçalo inês catarina rui "
    "alex chris sam max ben tom tim jim bob bill mike dave steve dan joey tony nick greg jeff matt josh kate katie kim "
    "jane jenny jill liz beth maggie meg becky debbie cindy tina gina rita vera nora clara stella violet ivy hazel"
)
_AMBIGUOUS_TEXT: Final = (
    "mark will may grace rose art bill frank rich amber hope faith joy ivy violet daisy poppy holly hazel jordan austin "
    "madison florence paris sydney georgia virginia victoria charlotte troy christian guy max miles chase drew gene ray "
    "roy rob pat sue dick jean alba dolores rosa sol luz pilar mercedes esperanza consuelo amparo angelo jesús santiago "
    "kai li ming wei raj sem daan otto uwe stella nora vera rita august april june jan star alex diana laura page tom "
    "tim dan don ann tony terry scott mason logan dylan ella mia ava josé clara linda joy gloria montserrat lotte fleur "
    "sander silva costa andrea simone ali omar lars kelly lee gemma tracy chris sam ben joe carl randy bobby russell "
    "douglas bruce craig duncan graham stuart salvador rocío irene nuria lucas marco marina lynn ruby crystal robin"
)
AMBIGUOUS: Final = frozenset(_AMBIGUOUS_TEXT.split())
"""Given names that are also words, places or products: alone they are left to the model."""

_FAMILY_TEXT: Final = (
    "smith johnson williams brown jones garcia miller davis rodriguez martinez hernandez lopez gonzalez wilson anderson "
    "thomas taylor moore jackson martin lee perez thompson white harris sanchez clark ramirez lewis robinson walker young "
    "allen king wright scott torres nguyen hill flores green adams nelson baker hall rivera campbell mitchell carter "
    "roberts phillips evans turner parker collins edwards stewart morris murphy cook rogers morgan peterson cooper reed "
    "bailey bell gomez kelly howard ward cox diaz richardson wood watson brooks bennett gray hughes price myers long "
    "foster sanders ross müller schmidt schneider fischer weber meyer wagner becker schulz hoffmann schäfer koch bauer "
    "richter klein wolf schröder neumann schwarz zimmermann braun krüger hofmann hartmann lange krause lehmann dubois "
    "durand leroy moreau lefebvre fournier girard bonnet dupont lambert fontaine rousseau rossi russo ferrari esposito "
    "bianchi romano colombo ricci marino greco conti fernández garcía gonzález rodríguez lópez martínez sánchez pérez "
    "gómez jiménez ruiz moreno muñoz álvarez romero alonso gutiérrez navarro torres domínguez jansen bakker visser smit "
    "meijer mulder bos hendriks dekker dijkstra andersson johansson karlsson nilsson eriksson larsson olsson hansen "
    "jensen nielsen pedersen kowalski nowak wiśniewski singh kumar patel sharma khan tanaka suzuki sato kim park chen "
    "wang zhang liu yang huang silva santos oliveira pereira costa ferreira"
)

GIVEN_NAMES: Final = frozenset(_GIVEN_TEXT.split())
"""Given names."""

FAMILY_NAMES: Final = frozenset(_FAMILY_TEXT.split())
"""Family names."""

_PRODUCTS_TEXT: Final = (
    "python java javascript typescript unicode ascii linux windows unix git github gitlab docker kubernetes cmake make "
    "json yaml toml xml html css sql http https tcp udp api url uri gpl bsd mit apache gnu posix ansi iso utf tcl perl "
    "ruby rust golang redis postgres mysql sqlite mongodb kafka spark hadoop aws azure gcp google amazon microsoft apple "
    "android ios macos debian ubuntu fedora cygwin emacs vim bash zsh nginx excel outlook slack jira confluence chrome "
    "firefox safari epoch boolean true false none null nan todo fixme readme makefile internet web wi-fi bluetooth"
)
PRODUCTS: Final = frozenset(_PRODUCTS_TEXT.split())
"""Capitalised words of technical text that models take for people and places."""

_STARTERS_TEXT: Final = (
    "the a an this that these those it its he she they we you i there here what which who whose when where why how if in "
    "on at by for from to of with without within into onto over under after before during since until while as and or "
    "but nor so yet not no yes all any both each every either neither some many much more most few less least several "
    "other another such same only just also even still then thus hence therefore however moreover furthermore although "
    "though because unless whether once now today yesterday tomorrow please note see use using used make makes made let "
    "your my our his her their first second third last next finally additionally alternatively instead overall "
    "generally usually often sometimes always never maybe perhaps can could may might must shall should will would do "
    "does did is are was were be been being have has had get go give take keep put set run add remove check open close "
    "click enter select choose create delete update save send read write call ask tell show find look try start stop "
    "one two three four five six seven eight nine ten new old good great important sure okay ok hello hi dear thanks "
    "thank sorry yes according based given due regarding about above below between among across through against per "
    "step option example figure table section chapter part page item list summary answer question result results "
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december"
)
STARTERS: Final = frozenset(_STARTERS_TEXT.split())
"""Words that are written with a capital where a sentence begins, and names of days and months."""
